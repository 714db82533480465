package train

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"unsafe"

	"pushpull/core/augment"
	"pushpull/core/data"
)

// Helper has batches of views made in another program of the same build, by AppendViews, while this one trains. It may be
// late, or fail: views are then made here, and are the same.
type Helper interface {
	// Order has a batch made. What was ordered before is no longer wanted. order is valid during the call.
	Order(order []byte)
	// Deliver fills the parts, one after another, with what was ordered last, or returns false where it is not there.
	Deliver(parts [][]byte) bool
}

// AppendViews makes the batch that an order asks for and appends it to a slice. It panics if order is none. What follows the
// order in its slice does not matter.
func AppendViews(to, order []byte) []byte {
	var r recipe
	head := orderHead
	if len(order) < head {
		panic(fmt.Sprintf("train: an order of %d bytes", len(order)))
	}
	n, size := int(binary.LittleEndian.Uint32(order)), int(binary.LittleEndian.Uint32(order[4:]))
	b := batch{epoch: int(binary.LittleEndian.Uint64(order[8:]))}
	text, rest := order[head:head+size], order[head+size:]
	if err := json.Unmarshal(text, &r); err != nil {
		panic(fmt.Sprintf("train: an order with the recipe %q: %v", text, err))
	}
	r.prepare()
	made := r.newBatch(n)
	b.whole, b.local, b.records = made.whole, made.local, made.records
	for i := range n {
		b.samples = append(b.samples, int32(binary.LittleEndian.Uint32(rest[4*i:])))
	}
	images := data.Set{H: r.H, W: r.W, C: r.C, Pixels: rest[4*n:]}
	image, scratch := make([]float32, r.H*r.W*r.C), new(augment.Scratch)
	for i := range n {
		images.Image(i, image)
		for row := i; row < r.rows(n); row += n {
			r.view(&b, row, image, scratch)
		}
	}
	for _, part := range r.parts(nil, &b) {
		to = append(to, part...)
	}
	return to
}

// orderHead is the size of what an order begins with: the number of images, uint32; the length of the recipe, uint32; and
// the epoch, uint64. Then come the recipe as JSON, the number of each image in its set, int32, and their pixels.
const orderHead = 16

// order is what a loader says to its helper.
type order struct {
	helper    Helper
	recipe    []byte // as JSON, nil where it is to be made
	bytes     []byte
	parts     [][]byte
	delivered int // batches
}

// place orders the batch.
func (o *order) place(r *recipe, b *batch, set *data.Set) {
	if o.recipe == nil {
		var err error
		if o.recipe, err = json.Marshal(r); err != nil {
			panic(err)
		}
	}
	n, size := len(b.samples), r.H*r.W*r.C
	to := binary.LittleEndian.AppendUint32(o.bytes[:0], uint32(n))
	to = binary.LittleEndian.AppendUint32(to, uint32(len(o.recipe)))
	to = binary.LittleEndian.AppendUint64(to, uint64(b.epoch))
	to = append(to, o.recipe...)
	for _, sample := range b.samples {
		to = binary.LittleEndian.AppendUint32(to, uint32(sample))
	}
	at := len(to)
	if need := at + n*size; cap(to) < need {
		to = append(make([]byte, 0, need), to...)
	}
	to = to[:at+n*size]
	for i, sample := range b.samples {
		set.Bytes(int(sample), to[at+i*size:])
	}
	o.bytes = to
	o.helper.Order(to)
}

// deliver says whether the views of b are there, now that they are needed. Without a helper idle workers have made them.
func (o *order) deliver(r *recipe, b *batch) bool {
	if o.helper == nil {
		return true
	}
	o.parts = r.parts(o.parts[:0], b)
	if !o.helper.Deliver(o.parts) {
		return false
	}
	o.delivered++
	return true
}

// parts appends the memory of the batch's views and records, as far as its images reach.
func (r *recipe) parts(to [][]byte, b *batch) [][]byte {
	n, local := len(b.samples), r.Plan.Local
	return append(to,
		memory(b.whole[:n*r.Plan.Views*r.H*r.W*r.C]),
		memory(b.local[:n*local.Views*local.H*local.W*r.C]),
		memory(b.records[:r.rows(n)]))
}

// memory views values, which must not hold pointers, as the bytes they are in this build of the program.
func memory[T float32 | augment.Record](x []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(one)))
}
