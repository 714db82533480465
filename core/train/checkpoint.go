package train

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/safetensors"
	"pushpull/core/wholefile"
)

// collector returns a visitor that appends what it visits to all, sharing its memory.
func collector(all *[]safetensors.Tensor) nn.Visitor {
	return nn.Visitor{
		Param: func(name string, p *ad.Value, _ bool) {
			*all = append(*all, safetensors.Tensor{Name: name, Shape: p.Shape(), Data: p.Data})
		},
		Buffer: func(name string, data []float32, shape ...int) {
			*all = append(*all, safetensors.Tensor{Name: name, Shape: slices.Clone(shape), Data: data})
		},
	}
}

// visit visits everything that a resumed run needs.
func (t *Trainer) visit(v nn.Visitor) {
	t.Network.Visit(v)
	for _, e := range t.extra {
		e.part.Visit(v.In(e.name))
	}
	t.optimiser.Visit(v.In("optimiser"))
}

// tensors returns all of it, sharing memory with the trainer.
func (t *Trainer) tensors() []safetensors.Tensor {
	var all []safetensors.Tensor
	t.visit(collector(&all))
	return all
}

// Save writes a checkpoint to a file. At any instant path holds either the whole old file or the whole new one.
func (t *Trainer) Save(path string) error {
	if err := wholefile.Write(path, t.Write); err != nil {
		return fmt.Errorf("the checkpoint cannot be written: %w", err)
	}
	return nil
}

// Write writes a checkpoint: every tensor, the configuration, the network's input, the step and the journal.
func (t *Trainer) Write(w io.Writer) error {
	meta, err := metadata(t.Network, t.step, t.begun, t.lastLoss)
	if err != nil {
		return err
	}
	if t.Journal != "" {
		meta["journal"] = t.Journal
	}
	if words := t.words(); words != nil {
		text, err := json.Marshal(words)
		if err != nil {
			return err
		}
		meta["words"] = string(text)
	}
	return safetensors.Write(w, t.tensors(), meta)
}

// words returns the words of the captions, nil where none are learned from.
func (t *Trainer) words() []string {
	if o, ok := t.Objective.(Captioner); ok {
		return o.Words()
	}
	return nil
}

// metadata tells in a checkpoint what its tensors are.
func metadata(n *Network, step, begun int, loss float32) (map[string]string, error) {
	config, err := json.Marshal(n.Config)
	if err != nil {
		return nil, err
	}
	input, err := json.Marshal(n.Input)
	if err != nil {
		return nil, err
	}
	return map[string]string{"format": "pushpull-1", "config": string(config), "input": string(input), "step": strconv.Itoa(step),
		"begun": strconv.Itoa(begun), "loss": strconv.FormatFloat(float64(loss), 'g', -1, 32)}, nil
}

// SaveTuned writes a checkpoint of n, which was fine-tuned from c, and of the classifier of its representations: weights
// [classes, Dim] and bias [classes]. It can be measured like a run, but not resumed.
func (c *Checkpoint) SaveTuned(path string, n *Network, classifier nn.Part, classes []string) error {
	meta, err := metadata(n, c.Step, c.begun, c.loss)
	if err != nil {
		return err
	}
	text, err := json.Marshal(classes)
	if err != nil {
		return err
	}
	meta["classes"] = string(text)
	var all []safetensors.Tensor
	visit := collector(&all)
	n.Visit(visit)
	classifier.Visit(visit.In("classifier"))
	return wholefile.Write(path, func(w io.Writer) error { return safetensors.Write(w, all, meta) })
}

// Checkpoint is a file that Save or SaveTuned wrote.
type Checkpoint struct {
	Config  Config
	Input   Input
	Step    int
	Classes []string // of the classifier, where the encoder was fine-tuned after the run
	Journal string   // see Trainer
	path    string
	words   []string // of the captions, which some older files do not tell
	begun   int
	loss    float32
	tensors []safetensors.Tensor
}

// Load reads a checkpoint from a file.
func Load(path string) (*Checkpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return Read(bufio.NewReader(f), info.Size(), path)
}

// Read reads a checkpoint of so many bytes; errors call it by its name.
func Read(r io.Reader, size int64, name string) (*Checkpoint, error) {
	bad := func(err error) (*Checkpoint, error) {
		return nil, fmt.Errorf("%s is not a checkpoint of this program: %w", name, err)
	}
	c := &Checkpoint{path: name}
	tensors, meta, err := safetensors.Read(r, size)
	if err != nil {
		return bad(err)
	}
	tensors = countEach(tensors)
	if meta["format"] != "pushpull-1" {
		return bad(fmt.Errorf("its metadata says format %q", meta["format"]))
	}
	if err := json.Unmarshal([]byte(meta["config"]), &c.Config); err != nil {
		return bad(err)
	}
	if err := c.Config.check(); err != nil {
		return bad(err)
	}
	if err := json.Unmarshal([]byte(meta["input"]), &c.Input); err != nil {
		return bad(fmt.Errorf("its input: %w", err))
	}
	if err := c.Input.check(); err != nil {
		return bad(err)
	}
	if c.Step, err = count(meta, "step"); err != nil {
		return bad(err)
	}
	if c.begun, err = count(meta, "begun"); err != nil {
		return bad(err)
	}
	if c.begun > c.Step+1 || c.begun == 0 && c.Step > 0 {
		return bad(fmt.Errorf("its metadata says that %d epochs have begun after %d steps", c.begun, c.Step))
	}
	if text, tuned := meta["classes"]; tuned {
		if err := json.Unmarshal([]byte(text), &c.Classes); err != nil {
			return bad(fmt.Errorf("its classes: %w", err))
		}
	}
	if text, told := meta["words"]; told {
		if err := json.Unmarshal([]byte(text), &c.words); err != nil {
			return bad(fmt.Errorf("its words: %w", err))
		}
	}
	loss, err := strconv.ParseFloat(meta["loss"], 32)
	if err != nil {
		return bad(err)
	}
	c.loss, c.tensors, c.Journal = float32(loss), tensors, meta["journal"]
	return c, nil
}

// countEach gives each parameter the steps of Adam that older files count once for all.
func countEach(tensors []safetensors.Tensor) []safetensors.Tensor {
	at := slices.IndexFunc(tensors, func(x safetensors.Tensor) bool { return x.Name == "optimiser.steps" })
	if at < 0 {
		return tensors
	}
	var counts []safetensors.Tensor
	for _, x := range tensors {
		if of, moment := strings.CutSuffix(x.Name, ".second_moment"); moment {
			counts = append(counts, safetensors.Tensor{Name: of + ".steps", Shape: tensors[at].Shape, Data: tensors[at].Data})
		}
	}
	if counts == nil { // SGD and LARS have one count
		return tensors
	}
	return append(slices.Delete(tensors, at, at+1), counts...)
}

// count returns a whole number of the metadata that is not negative.
func count(meta map[string]string, key string) (int, error) {
	n, err := strconv.Atoi(meta[key])
	if err != nil || n < 0 {
		return 0, fmt.Errorf("its metadata says %s %q", key, meta[key])
	}
	return n, nil
}

// Fits is Network.Fits of the trained encoder, which is not made for it.
func (c *Checkpoint) Fits(s *data.Set) error { return c.Input.fits(c.Config, s) }

// Network returns the trained encoder with its head.
func (c *Checkpoint) Network() (*Network, error) {
	n, err := NewNetwork(c.Config, c.Input)
	if err != nil {
		return nil, err
	}
	return n, c.fill(n.Visit)
}

// fill copies the checkpoint's tensors to those of the same names that are visited. After an error these are as they were.
func (c *Checkpoint) fill(all func(nn.Visitor)) error {
	saved := map[string]safetensors.Tensor{}
	for _, s := range c.tensors {
		saved[s.Name] = s
	}
	var own []safetensors.Tensor
	var damage error
	visit := collector(&own)
	visit.Range = func(name string, low, high int) {
		for _, x := range saved[name].Data {
			if v := float64(x); damage == nil && !(v == math.Trunc(v) && v >= float64(low) && v <= float64(high)) {
				damage = fmt.Errorf("%s is damaged: its tensor %q holds %v, not a whole number from %d to %d; take a copy of the file, or train again", c.path, name, x, low, high)
			}
		}
	}
	all(visit)
	for _, o := range own {
		s, ok := saved[o.Name]
		if !ok {
			return c.unfit("it has no tensor %q", o.Name)
		}
		if !slices.Equal(s.Shape, o.Shape) {
			return c.unfit("its tensor %q has the shape %v, not %v", o.Name, s.Shape, o.Shape)
		}
	}
	if damage != nil {
		return damage
	}
	for _, o := range own {
		copy(o.Data, saved[o.Name].Data)
	}
	return nil
}

// unfit is the error for tensors that are not those of the network and its algorithm.
func (c *Checkpoint) unfit(why string, args ...any) error {
	return fmt.Errorf("%s does not fit this network: %s; take the images that it learned from, or a copy of the file", c.path, fmt.Sprintf(why, args...))
}

// Restore continues from a checkpoint, bit for bit where t has its configuration and data. Other images of the same size are
// normalised like those that the run began with, which the encoder knows, and a note tells of them.
func (t *Trainer) Restore(c *Checkpoint) error {
	if c.Classes != nil {
		return fmt.Errorf("%s holds a fine-tuned encoder, which its algorithm cannot go on with: resume the run that it came from", c.path)
	}
	if was, is := c.Input, t.Input; was.H != is.H || was.W != is.W || was.C != is.C {
		return fmt.Errorf("%s cannot go on with images of %dx%dx%d: it learned from images of %dx%dx%d", c.path, is.H, is.W, is.C, was.H, was.W, was.C)
	}
	if c.words != nil && !slices.Equal(c.words, t.words()) { // whose numbers would be those of other words
		return fmt.Errorf("%s cannot go on with these captions: they have other words, or the same more or less often; take the images and captions that it learned from", c.path)
	}
	if own := t.tensors(); len(c.tensors) != len(own) {
		return c.unfit("it has %d tensors, not %d", len(c.tensors), len(own))
	}
	if err := c.fill(t.visit); err != nil {
		return err
	}
	t.step, t.begun, t.lastLoss, t.Journal = c.Step, c.begun, c.loss, c.Journal
	if t.step > 0 {
		t.begunWith(c.Input)
	}
	if t.begun > 0 {
		t.shuffle(t.begun - 1)
	}
	return nil
}

// begunWith makes t go on where the run that it continues began with images of another kind or number.
func (t *Trainer) begunWith(in Input) {
	other := !slices.Equal(in.Mean, t.Input.Mean) || !slices.Equal(in.Std, t.Input.Std)
	if other {
		t.Input.Mean, t.Input.Std = in.Mean, in.Std
		t.loader.Mean, t.loader.Std = in.Mean, in.Std
		t.loader.configure(t.Config)
	}
	if in.Digest != 0 && t.Input.Digest != 0 {
		other = in.Digest != t.Input.Digest // the same files differ a little where another program decodes them
	}
	if other {
		t.Notes = append(t.Notes, "The images are not those that the run began with; their pixels are normalised as those were.")
	}
	last := (t.step-1)/t.StepsPerEpoch() + 1 // epochs begun when the last step was taken
	if t.begun != last && t.begun != t.step/t.StepsPerEpoch()+1 {
		t.begun = last
		t.Notes = append(t.Notes, fmt.Sprintf("The run began with another number of images; by the number there is now, its %s steps were %s epochs.", data.Count(t.step), data.Count(t.step/t.StepsPerEpoch())))
	}
}
