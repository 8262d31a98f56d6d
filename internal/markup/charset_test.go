package markup

import "testing"

func TestUTF8(t *testing.T) {
	t.Parallel()
	latin2 := "Ker\xe9kp\xe1r \xf5" // ő in ISO 8859-2 and windows-1250
	for name, c := range map[string]struct{ body, header, language, want string }{
		"utf-8 whatever is said":   {"Árvíztűrő", "text/html; charset=iso-8859-1", "", "Árvíztűrő"},
		"header":                   {latin2, "text/html; charset=iso-8859-2", "", "Kerékpár ő"},
		"meta charset":             {`<meta charset="windows-1250">` + latin2, "text/html", "", `<meta charset="windows-1250">Kerékpár ő`},
		"meta http-equiv":          {`<META http-equiv="Content-Type" content="text/html; charset=ISO-8859-2">` + latin2, "", "", `<META http-equiv="Content-Type" content="text/html; charset=ISO-8859-2">Kerékpár ő`},
		"header before meta":       {`<meta charset=windows-1252>` + latin2, "text/html; charset=windows-1250", "", `<meta charset=windows-1252>Kerékpár ő`},
		"Greek":                    {"\xca\xe1\xeb\xdc", "text/html; charset=iso-8859-7", "", "Καλά"},
		"by language":              {latin2, "", "hu", "Kerékpár ő"},
		"byte order mark is taken": {"\xef\xbb\xbfok", "", "", "ok"},
		"one broken byte":          {"Árvíztűrő \xc3, tükörfúrógép", "text/html; charset=utf-8", "hu", "Árvíztűrő \uFFFD, tükörfúrógép"},
		"a lie about utf-8":        {latin2, "text/html; charset=utf-8", "hu", "Kerékpár ő"},
	} {
		if got := string(UTF8([]byte(c.body), c.header, c.language)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
