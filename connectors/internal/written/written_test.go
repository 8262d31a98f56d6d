package written

import (
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestDate(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Budapest")
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]string{
		"2026-11-18": "2026-11-17T23:00:00Z", "2026-11-18T10:00:00+01:00": "2026-11-18T09:00:00Z", "2026-11-18T10:00:00.123Z": "2026-11-18T10:00:00Z",
		"2026-11-18T10:00:00+0100": "2026-11-18T09:00:00Z", "2026-11-18 10:00:00": "2026-11-18T09:00:00Z", "2026-11-18T10:00": "2026-11-18T09:00:00Z",
		"18.11.2026": "2026-11-17T23:00:00Z", "18. 11. 2026": "2026-11-17T23:00:00Z", "18. 11. 2026 10:05": "2026-11-18T09:05:00Z", "8.1.2026, 10:05": "2026-01-08T09:05:00Z",
		"2026.11.18.": "2026-11-17T23:00:00Z", "2026. 11. 18. 10:05": "2026-11-18T09:05:00Z", "2026. 11. 18. 10:05:07": "2026-11-18T09:05:07Z",
		"2026. november 18.": "2026-11-17T23:00:00Z", "2026. november 18., szerda 10:05": "2026-11-18T09:05:00Z", "2026. szept. 3.": "2026-09-02T22:00:00Z", "2026. május 3.": "2026-05-02T22:00:00Z",
		"18. novembra 2026": "2026-11-17T23:00:00Z", "18. listopadu 2026": "2026-11-17T23:00:00Z", "3. července 2026": "2026-07-02T22:00:00Z", "3. června 2026": "2026-06-02T22:00:00Z", "5. ledna 2026": "2026-01-04T23:00:00Z",
		"5. prosince 2026 v 10:05": "2026-12-05T09:05:00Z", "18 Νοεμβρίου 2026": "2026-11-17T23:00:00Z", "18 Νοε 2026, 10:05": "2026-11-18T09:05:00Z", "3 Μαΐου 2026": "2026-05-02T22:00:00Z", "3 Μαρτίου 2026": "2026-03-02T23:00:00Z",
		"18. Dezember 2026": "2026-12-17T23:00:00Z", "3. März 2026": "2026-03-02T23:00:00Z", "Nov 18, 2026": "2026-11-17T23:00:00Z", "November 18th, 2026": "2026-11-17T23:00:00Z", "Wednesday, 18 November 2026": "2026-11-17T23:00:00Z",
		"18/11/2026": "2026-11-17T23:00:00Z", "11/18/2026": "2026-11-17T23:00:00Z", "11/18/2026 3:04 PM": "2026-11-18T14:04:00Z", "Wed, 18 Nov 2026 10:00:00 GMT": "2026-11-18T10:00:00Z",
		"1795165200": "2026-11-20T09:00:00Z", "1795165200000": "2026-11-20T09:00:00Z", "20261118": "2026-11-17T23:00:00Z", "10:05 18.11.2026": "2026-11-18T09:05:00Z",
		"11/18/26": "2026-11-17T23:00:00Z", "Napsáno: 18. listopadu 2026 v 10:05": "2026-11-18T09:05:00Z", "(18.11.2026)": "2026-11-17T23:00:00Z", "Wed, 11/18/2026 - 09:12": "2026-11-18T08:12:00Z", "2026-11": "2026-10-31T23:00:00Z",
		"Wed Nov 18 2026 10:05:00 GMT+0100 (Central European Standard Time)": "2026-11-18T09:05:00Z", "Reviewed in Germany on 18 November 2026": "2026-11-17T23:00:00Z", "18 Νοεμβρίου 2026 στις 10:05 μ.μ.": "2026-11-18T21:05:00Z",
		"yesterday": "", "2 hete": "", "před 3 dny": "", "": "", "abc": "", "0000-00-00": "", "99.99.9999": "",
	} {
		got := ""
		if at, ok := Date(s, zone); ok {
			got = at.Format("2006-01-02T15:04:05Z07:00")
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestRating(t *testing.T) {
	t.Parallel()
	for in, want := range map[[3]string]desk.Rating{
		{"4", "", ""}: {Value: 4, Best: 5}, {"4,5", "5", "1"}: {Value: 4.5, Best: 5}, {"4,5/5", "", ""}: {Value: 4.5, Best: 5}, {"8 z 10", "", ""}: {Value: 8, Best: 10},
		{"80", "100", ""}: {Value: 80, Best: 100}, {"80 %", "", ""}: {Value: 80, Best: 100}, {"80%", "5", "1"}: {Value: 80, Best: 100}, {"★★★★☆", "", ""}: {Value: 4, Best: 5}, {"★★★", "", ""}: {Value: 3, Best: 5},
		{"4 out of 5 stars", "", ""}: {Value: 4, Best: 5}, {"4 από 5", "", ""}: {Value: 4, Best: 5}, {"4 csillag", "", ""}: {Value: 4, Best: 5}, {"9.2", "", ""}: {Value: 9.2, Best: 10}, {"0", "5", "0"}: {Value: 0, Best: 5},
		{"4", "10", "1"}: {Value: 4, Best: 10}, {"3.5", "5", "0.5"}: {Value: 3.5, Best: 5}, {"0", "5", "1"}: {}, {"0", "", ""}: {}, {"0/5", "", ""}: {Value: 0, Best: 5}, {"1", "1", "0"}: {Value: 1, Best: 1}, {"60", "100", "20"}: {Value: 40, Best: 80}, {"0", "5", "-5"}: {Value: 5, Best: 10}, {"Hodnotenie: 4,0 z 5", "", ""}: {Value: 4, Best: 5}, {"87", "", ""}: {Value: 87, Best: 100},
		{"5", "5", "5"}: {}, {"2", "1", "6"}: {}, {"7", "5", "1"}: {}, {"", "5", "1"}: {}, {"good", "", ""}: {}, {"-1", "5", ""}: {}, {"1 2 3", "", ""}: {}, {"NaN", "", ""}: {}, {"1000", "", ""}: {},
	} {
		if got, _ := Rating(in[0], in[1], in[2], 5); got != want {
			t.Errorf("%q: got %v, want %v", in, got, want)
		}
	}
	if s := Stars(desk.Rating{Value: 3.5, Best: 5}); s != "★★★★☆" {
		t.Errorf("got %s", s)
	}
	if s := Stars(desk.Rating{Value: 7.5, Best: 10}); s != "7.5/10" {
		t.Errorf("got %s", s)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"Jó &amp; gyors": "Jó & gyors", "a\nb": "a\nb", "a &amp;amp; b\nc": "a & b\nc", "<p>Egy</p><p>Kettő</p>": "Egy\n\nKettő", "&lt;p&gt;Egy&lt;/p&gt;": "Egy",
		"5 < 6 & 7": "5 < 6 & 7", "x\x00y": "xy", "AT&T; R&D": "AT&T; R&D", "nem &quot;jó&quot;": `nem "jó"`, "<script>alert(1)</script>Igen": "Igen", "I <3 it": "I <3 it",
	} {
		if got := Plain(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add("18. novembra 2026 10:05", "4,5/5")
	f.Fuzz(func(t *testing.T, date, stars string) {
		if at, ok := Date(date, time.UTC); ok && at.IsZero() {
			t.Error("a moment that is none")
		}
		if r, ok := Rating(stars, "", "", 5); ok && !(r.Value >= 0 && r.Value <= r.Best) {
			t.Errorf("%q: %v", stars, r)
		}
		_ = Plain(date)
	})
}
