package transfer

import (
	"reflect"
	"strings"
	"testing"
)

// Each row of the table has a field, each field a row, and text reaches it.
func TestResolve(t *testing.T) {
	plain, err := Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := reflect.TypeOf(plain).NumField(); n != len(Params) {
		t.Errorf("%d fields and %d params", n, len(Params))
	}
	for _, p := range Params {
		changed, err := Resolve(map[string]string{p.Key: "0.5"})
		if p.Kind != "float" {
			changed, err = Resolve(map[string]string{p.Key: "17"})
		}
		if err != nil {
			t.Errorf("%s: %v", p.Key, err)
		} else if changed == plain && p.Default != 0.5 {
			t.Errorf("%s changes nothing", p.Key)
		}
	}
	for key, text := range map[string]string{"labels": "0", "batch": "1", "epochs": "two", "head-lr": "-1", "lr": "1"} {
		if _, err := Resolve(map[string]string{key: text}); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s %s: error %v", key, text, err)
		}
	}
}
