package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// script is a set of alphabets, one bit each.
type script uint8

const (
	latin script = 1 << iota
	greek
	cyrl
	rareScript // Armenian, Cherokee and Lisu, whose letters are borrowed for their looks
)

// mixed tells whether more than one alphabet is in the set.
func (s script) mixed() bool { return s&(s-1) != 0 }

// scriptOf is the alphabet of a letter; 0 for digits, marks and the writing systems that have no look-alikes of others.
func scriptOf(r rune) script {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' {
			return latin
		}
		return 0
	case r < 0x300:
		return latin
	case r < 0x400:
		return greek
	case r < 0x530:
		return cyrl
	case r < 0x590, 0x13A0 <= r && r < 0x1400, 0xA4D0 <= r && r < 0xA4F8, 0xAB70 <= r && r < 0xABC0:
		return rareScript
	}
	return 0
}

// The lists below give pairs: a letter, and the one of another alphabet that a reader takes it for. They hold what looks the
// same, not what sounds the same: capital Η is h, small η is n. Unicode's confusables list (UTS #39) goes further; what is left out
// of it here is what people who write two alphabets mix in earnest.
const (
	capitals = "ΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧx" + "АaВbСcЕeНhІiЈjКkМmОoРpЅsТtУyХxѴvԁdԚqԜwӀlЇiҮyҺh"
	smalls   = "αaβbγyεeηnιiκkμuνvοoρpτtυuχxωwϲcϳj" + "аaвbгrеeиuіiїiјjкkмmнhоoпnрpсcѕsтtуyхxьbһhѵvԁdԛqԝwӏlүyӑaӓaӧoғf"
	rares    = "օoոnսuցgհhյjզq" + "ꭰdꭱrꭲtꭺaꭻjꭼeꮃwꮇmꮋhꮐgꮓzꮢrꮤwꮥsꮩvꮪsꮮlꮯcꮲpꮶkᏼb" +
		"ꓐbꓑpꓓdꓔtꓖgꓗkꓙjꓚcꓜzꓝfꓟmꓠnꓡlꓢsꓣrꓦvꓧhꓪwꓫxꓬyꓮaꓰeꓲiꓳoꓴu"
	toGreekCaps   = "aαbβeεhηiιkκmμnνoοpρtτxχyυzζ"
	toGreekSmalls = "aαbβeεiιkκnηoοpρtτuυvνwωxχyγ"
	toCyrlCaps    = "aаbвcсeеhнiіjјkкmмoоpрsѕtтxхyу"
	toCyrlSmalls  = "aаbьcсdԁeеhһiіjјkкlӏmмnпoоpрqԛrгsѕtтuиvѵwԝxхyу"
)

// lookalikes are those lists by folded letter. They are built once and never written again.
var lookalikes = struct {
	latin         [2][0x530 - 0x370]byte // of small letters and of capitals
	rare          map[rune]byte
	greek, cyrils [2][26]rune
}{
	latin: [2][0x530 - 0x370]byte{latinTable(smalls), latinTable(capitals)},
	rare:  rareTable(),
	greek: [2][26]rune{letterTable(toGreekSmalls), letterTable(toGreekCaps)}, cyrils: [2][26]rune{letterTable(toCyrlSmalls), letterTable(toCyrlCaps)},
}

func pairs(list string, each func(a, b rune)) {
	runes := []rune(list)
	for i := 0; i+1 < len(runes); i += 2 {
		each(runes[i], runes[i+1])
	}
}

func latinTable(list string) (t [0x530 - 0x370]byte) {
	pairs(list, func(a, b rune) {
		folded, _ := utf8.DecodeRuneInString(Fold(string(a)))
		t[folded-0x370] = byte(b)
	})
	return t
}

func rareTable() map[rune]byte {
	t := map[rune]byte{}
	pairs(rares, func(a, b rune) {
		for _, r := range []rune{a, unicode.ToLower(a), unicode.ToUpper(a)} {
			t[r] = byte(b)
		}
	})
	return t
}

func letterTable(list string) (t [26]rune) {
	pairs(list, func(a, b rune) { t[a-'a'] = b })
	return t
}

// asLatin is the Latin letter that r looks like; 0 when it looks like none.
func asLatin(r rune, capital bool) byte {
	if 0x370 <= r && r < 0x530 {
		return lookalikes.latin[index(capital)][r-0x370]
	}
	return lookalikes.rare[r]
}

// as is the letter of an alphabet that r, of another one, looks like; 0 when it looks like none.
func as(to script, r rune, capital bool) rune {
	if r >= utf8.RuneSelf {
		r = rune(asLatin(r, capital))
	}
	if to == latin || r < 'a' || r > 'z' {
		return r
	}
	if to == greek {
		return lookalikes.greek[index(capital)][r-'a']
	}
	return lookalikes.cyrils[index(capital)][r-'a']
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fancy lists the letters that stand in for Latin ones in the disguises of posts: small capitals, raised and lowered letters,
// letter-like symbols and Roman numerals.
const fancy = "ɑaɡgɩiɪiʀrʙbɴnʟlʜhɢgʏyʰhʲjʳrʷwʸyˡlˢsˣx" +
	"ᴀaᴄcᴅdᴇeᴊjᴋkᴌlᴍmᴏoᴘpᴛtᴜuᴠvᴡwᴢzꜰfꜱsᴬaᴮbᴰdᴱeᴳgᴴhᴵiᴶjᴷkᴸlᴹmᴺnᴼoᴾpᴿrᵀtᵁuⱽvᵂwᵃaᵇbᵈdᵉeᵍgᵏkᵐmᵒoᵖpᵗtᵘuᵛvᶜcᶠfᶻz" +
	"ᵢiᵣrᵤuᵥvⱼjⁱiⁿnₐaₑeₒoₓxₕhₖkₗlₘmₙnₚpₛsₜtℂcℊgℋhℌhℍhℎhℏhℐiℑiℒlℓlℕnℙpℚqℛrℜrℝrℤzℨzℬbℭcℯeℰeℱfℳmℴoℹi" +
	"ⅠiⅤvⅩxⅬlⅭcⅮdⅯmⅰiⅴvⅹxⅼlⅽcⅾdⅿm"

var fancyLetters = func() map[rune]byte {
	t := map[rune]byte{}
	pairs(strings.TrimSpace(fancy), func(a, b rune) { t[a] = byte(b) })
	return t
}()
