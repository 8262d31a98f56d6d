package text

// The tables below give, for 16 code points a line, the folded form of each; a dot stands for "as it is". No form is longer in
// bytes than what it stands for, so that folding never grows a text.

// latinFold covers U+00C0 to U+024F.
const latinFold = `
a a a a a a ae c e e e e i i i i
d n o o o o o . o u u u u y th ss
a a a a a a ae c e e e e i i i i
d n o o o o o . o u u u u y th y
a a a a a a c c c c c c c c d d
d d e e e e e e e e e e g g g g
g g g g h h h h i i i i i i i i
i i ij ij j j k k k l l l l l l l
l l l n n n n n n n n n o o o o
o o oe oe r r r r r r s s s s s s
s s t t t t t t u u u u u u u u
u u u u w w y y y z z z z z z s
. ɓ ƃ . ƅ . ɔ ƈ . ɖ ɗ ƌ . . ǝ ə
ɛ ƒ . ɠ ɣ . ɩ ɨ ƙ . . . ɯ ɲ . ɵ
o o ƣ . ƥ . ʀ ƨ . ʃ . . ƭ . ʈ u
u ʊ ʋ ƴ . ƶ . ʒ ƹ . . . ƽ . . .
. . . . ǆ ǆ . ǉ ǉ . ǌ ǌ . a a i
i o o u u u u u u u u u u . a a
a a ae ae ǥ . g g k k o o o o ʒ ʒ
j ǳ ǳ . g g ƕ ƿ n n a a ae ae o o
a a a a e e e e i i i i o o o o
r r r r u u u u s s t t ȝ . h h
ƞ . ȣ . ȥ . a a e e o o o o o o
o o y y . . . . . . a ȼ . ƚ t .
. ɂ . ƀ ʉ ʌ ɇ . ɉ . ɋ . ɍ . ɏ .`

// greekFold covers U+0370 to U+03FF.
const greekFold = `
ͱ . ͳ . ' . ͷ . . . . . . . ; ϳ
. . . . . . α . ε η ι . ο . υ ω
ι α β γ δ ε ζ η θ ι κ λ μ ν ξ ο
π ρ . σ τ υ φ χ ψ ω ι υ α ε η ι
υ . . . . . . . . . . . . . . .
. . σ . . . . . . . ι υ ο υ ω ϗ
. . . ϒ ϒ . . . ϙ . ϛ . ϝ . ϟ .
ϡ . ϣ . ϥ . ϧ . ϩ . ϫ . ϭ . ϯ .
. . . . θ . . ϸ . ϲ ϻ . . ͻ ͼ ͽ`

// vietFold covers U+1E00 to U+1EFF.
const vietFold = `
a a b b b b b b c c d d d d d d
d d d d e e e e e e e e e e f f
g g h h h h h h h h h h i i i i
k k k k k k l l l l l l l l m m
m m m m n n n n n n n n o o o o
o o o o p p p p r r r r r r r r
s s s s s s s s s s t t t t t t
t t u u u u u u u u u u v v v v
w w w w w w w w w w x x x x y y
z z z z z z h t w y . s . . ss .
a a a a a a a a a a a a a a a a
a a a a a a a a e e e e e e e e
e e e e e e e e i i i i o o o o
o o o o o o o o o o o o o o o o
o o o o u u u u u u u u u u u u
u u y y y y y y y y ỻ . ỽ . ỿ .`

// polyFold covers U+1F00 to U+1FFF.
const polyFold = `
α α α α α α α α α α α α α α α α
ε ε ε ε ε ε . . ε ε ε ε ε ε . .
η η η η η η η η η η η η η η η η
ι ι ι ι ι ι ι ι ι ι ι ι ι ι ι ι
ο ο ο ο ο ο . . ο ο ο ο ο ο . .
υ υ υ υ υ υ υ υ . υ . υ . υ . υ
ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω
α α ε ε η η ι ι ο ο υ υ ω ω . .
α α α α α α α α α α α α α α α α
η η η η η η η η η η η η η η η η
ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω ω
α α α α α . α α α α α α α . ι .
. . η η η . η η ε ε η η η . . .
ι ι ι ι . . ι ι ι ι ι ι . . . .
υ υ υ υ ρ ρ υ υ υ υ υ υ ρ . . .
. . ω ω ω . ω ω ο ο ω ω ω . . .`
