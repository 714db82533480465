package train

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestDefaultsAreValidValues(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Params {
		if seen[p.Key] {
			t.Errorf("%s is declared twice", p.Key)
		}
		seen[p.Key] = true
		if p.Help == "" || p.Group == "" {
			t.Errorf("%s has no help or no group", p.Key)
		}
		text, _ := json.Marshal(p.Default)
		got, err := p.Parse(strings.Trim(string(text), `"`))
		if err != nil || !reflect.DeepEqual(got, p.Default) {
			t.Errorf("the default of %s, %v (%T), parses to %v (%T), %v", p.Key, p.Default, p.Default, got, got, err)
		}
	}
	for _, table := range []map[string]Values{DataDefaults, ViewDefaults} {
		for name, values := range table {
			for key, v := range values {
				p, ok := Find(key)
				if !ok {
					t.Fatalf("%s has a default for the unknown %q", name, key)
				}
				if reflect.TypeOf(v) != reflect.TypeOf(p.Default) {
					t.Errorf("%s: default of %s is a %T, want %T", name, key, v, p.Default)
				}
			}
		}
	}
}

func TestResolvePrefersTheMoreSpecific(t *testing.T) {
	own := Values{"temperature": 0.3, "lr": 0.25}
	c, err := Resolve("x", "mnist", "mlp", own, map[string]string{"batch": "64", "rotate": "5"})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"batch": 64, "rotate": 5.0, // given
		"lr": 0.25, "temperature": 0.3, // the algorithm's
		"crop-min": 0.6,      // of views for digits
		"augment":  "digits", // of MNIST
		"epochs":   10,       // the table's
	} {
		if c.Values[key] != want {
			t.Errorf("%s = %v, want %v", key, c.Values[key], want)
		}
	}
	if _, ok := c.Values["stop-gradient"]; ok {
		t.Error("the configuration has a value that the algorithm does not own")
	}
	c, err = Resolve("x", "mnist", "mlp", nil, map[string]string{"augment": "simclr"})
	if err != nil || c.Float("crop-min") != 0.2 {
		t.Errorf("crop-min = %v, %v with the views of photographs, want 0.2", c.Values["crop-min"], err)
	}
}

func TestBadValuesAreExplained(t *testing.T) {
	for _, tc := range []struct{ key, value, want string }{
		{"temprature", "1", "did you mean temperature?"},
		{"lr", "fast", "lr is \"fast\": give a number from 0 to 1000000"},
		{"lr", "NaN", "give a number"},
		{"lr", "1000001", "a number from 0 to 1000000"},
		{"batch", "0", "a whole number from 1 to 65536"},
		{"batch", "65537", "a whole number from 1 to 65536"},
		{"batch", "2.5", "whole number"},
		{"optimiser", "adm", "did you mean adam?"},
		{"conv-channels", "32-x", "joined by dashes, such as 32-64-128"},
		{"conv-channels", "32-0-64-64", "joined by dashes"},
		{"conv-channels", "32-64", "2 convolutions and conv-strides 4"},
		{"stop-gradient", "true", "x does not use stop-gradient"},
		{"head-norm", "maybe", "true or false"},
	} {
		_, err := Resolve("x", "shapes", "convnet", Values{"temperature": 0.5}, map[string]string{tc.key: tc.value})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s=%s: error %v, want one that contains %q", tc.key, tc.value, err, tc.want)
		}
	}
	if _, err := Resolve("x", "shapes", "convnt", nil, nil); err == nil || !strings.Contains(err.Error(), "did you mean convnet?") {
		t.Errorf("unknown encoder: %v", err)
	}
}

func TestConfigSurvivesJSON(t *testing.T) {
	c, err := Resolve("x", "shapes", "convnet", Values{"temperature": 0.07}, map[string]string{"weight-decay": "1e-6", "head-norm": "false"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Config
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, back) {
		t.Errorf("%v became %v", c, back)
	}
	if err := json.Unmarshal([]byte(`{"values":{"batch":-1}}`), &back); err == nil {
		t.Error("a batch of -1 was accepted")
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(`{"algo":"simclr","data":"shapes","encoder":"mlp","values":{"lr":0.001,"batch":256,"augment":"none"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c Config
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		for key, v := range c.Values {
			p, _ := Find(key)
			if reflect.TypeOf(v) != reflect.TypeOf(p.Default) {
				t.Errorf("%s was read as %T", key, v)
			}
		}
	})
}

func TestImpossibleEncodersAreExplained(t *testing.T) {
	for _, tc := range []struct{ encoder, key, value, want string }{
		{"vit", "vit-patch", "3", "images of 8x12: set vit-patch to a divisor of both, such as 2"},
		{"vit", "vit-patch", "9", "such as 4"},
		{"vit", "vit-patch", "8", "images of 8x12: set vit-patch to a divisor of both, such as 4"},
		{"vit", "vit-heads", "5", "multiple of vit-heads, such as 100"},
		{"resnet", "resnet-depths", "1-1-1-1-1-1-1", "at most 6"},
	} {
		c, err := Resolve("x", "tiny", tc.encoder, nil, map[string]string{"batch": "8", tc.key: tc.value})
		if err != nil {
			t.Fatal(err)
		}
		d := tiny(t)
		d.Train.W = 12
		if _, err := New(c, d, &pull{}); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s=%s: error %v, want one that contains %q", tc.key, tc.value, err, tc.want)
		}
	}
}
