package data

import (
	"encoding/binary"
	"hash/crc64"
	"sync/atomic"
)

var crcTable = crc64.MakeTable(crc64.ECMA)

// digest is what one image adds to that of its set: its content, the number of its class, -1 for none, and its part.
func digest(content []byte, class int32, part int8) uint64 {
	known := append(binary.LittleEndian.AppendUint32(nil, uint32(class)), byte(part))
	return crc64.Update(crc64.Checksum(known, crcTable), crcTable, content)
}

// identify sets the digest of images that came as pixels. Of those that fill a file it is not worth reading them again.
func (d *Dataset) identify() {
	if d.Train.file != nil || d.Test.file != nil {
		return
	}
	var sum atomic.Uint64
	for part, s := range map[int8]*Set{toTrain: d.Train, toTest: d.Test} {
		size := s.H * s.W * s.C
		parallel(s.Len(), func(i int) {
			class := int32(-1)
			if s.Labels != nil {
				class = s.Labels[i]
			}
			sum.Add(digest(s.Pixels[i*size:(i+1)*size], class, part))
		})
	}
	d.Digest = sum.Load()
}
