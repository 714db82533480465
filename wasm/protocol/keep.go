package protocol

// Save asks for a Checkpoint of the run as it is.
type Save struct{ bare }

// Checkpoint is a run as a file, the same that the command saves. Sent to the trainer, it continues that run.
type Checkpoint struct {
	Name string `json:"name"` // of the file
	Step int    `json:"step"`
	File []byte `json:"-"`
}

func (*Save) Kind() Kind       { return KindSave }
func (*Checkpoint) Kind() Kind { return KindCheckpoint }

func (m *Checkpoint) body() [][]byte { return [][]byte{m.File} }

func (m *Checkpoint) setBody(b []byte) error {
	m.File = b
	return nil
}
