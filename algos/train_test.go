package algos

import (
	"testing"

	"pushpull/core/data"
)

func TestQuick(t *testing.T) {
	d := data.Shapes(1, 2048, 500)
	c, err := Resolve("simclr", "shapes", "convnet", map[string]string{"epochs": "1", "batch": "128", "max-steps": "5"})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Start(c, d)
	if err != nil {
		t.Fatal(err)
	}
	for !tr.Done() {
		m, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		t.Log(m)
	}
}
