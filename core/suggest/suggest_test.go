package suggest

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"simclr", "simsiam", "temperature", "momentum", "batch", "lr"}
	for word, want := range map[string]string{
		"simlcr": "simclr", "SimCLR": "simclr", "simsam": "simsiam", "temprature": "temperature", "temp": "temperature",
		"momentun": "momentum", "bacth": "batch", "l": "lr", "zebra": "", "": "", "sim": "", "lr": "lr",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
