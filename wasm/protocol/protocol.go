// Package protocol is what the page, its trainer (a Web Worker) and its view (a program in an iframe) say to each other.
//
// A message is one buffer, which JavaScript moves from one to the other without a copy. Little-endian:
//
//	0  'P' 'P'
//	2  version, uint8
//	3  kind, uint8
//	4  length of the head in bytes, uint32, a multiple of 4
//	8  head: a JSON object, padded with spaces
//	…  body: arrays one after another; the head tells their shapes
//
// Words and numbers travel in the head, which JavaScript reads with JSON.parse; pictures and positions travel in the
// body, which either side views in place.
package protocol

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Version is the number of this format. Page and programs are built together, so another version means a stale cache.
const Version = 1

const headerBytes = 8

// maxHead bounds the JSON that Decode parses, in bytes.
const maxHead = 1 << 20

// Kind tells what a message says.
type Kind uint8

// The kinds of messages, in the order of their direction: page to trainer, trainer to page, trainer or page to view,
// view to page; later ones at the end. static/js/protocol.js has the same list.
const (
	KindStart Kind = 1 + iota
	KindPlay
	KindPause
	KindStep
	KindReset
	KindSet

	KindReady
	KindProgress
	KindState
	KindMetrics
	KindReferences
	KindError

	KindImages
	KindSnapshot
	KindView

	KindLegend
	KindHover
	KindPace
	KindStage
	KindInspect
	KindBatch
	KindMark
	KindVerdict
	KindLook
	KindNeighbours
	KindPairs
	KindSelection
	KindSample
	KindViews
	KindSave
	KindCheckpoint
	KindFiles
	KindDataset
)

// Message is one of the message types of this package.
type Message interface {
	Kind() Kind
	// body returns the arrays that follow the head.
	body() [][]byte
	// setBody checks the body against the head and points the message's arrays into it.
	setBody(b []byte) error
}

// Encode returns the message as a buffer. It panics if an array does not have the shape that its message tells, or a
// number is not finite: both are mistakes of the program.
func Encode(m Message) []byte {
	head, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("protocol: %T: %v", m, err))
	}
	padded := (len(head) + 3) &^ 3
	size := headerBytes + padded
	body := m.body()
	for _, part := range body {
		size += len(part)
	}
	b := make([]byte, 0, size)
	b = append(b, 'P', 'P', Version, byte(m.Kind()))
	b = binary.LittleEndian.AppendUint32(b, uint32(padded))
	b = append(b, head...)
	for len(b) < headerBytes+padded {
		b = append(b, ' ')
	}
	for _, part := range body {
		b = append(b, part...)
	}
	return b
}

// Decode reads a message. Its arrays are views of b, so b must not change while the message is in use.
func Decode(b []byte) (Message, error) {
	if len(b) < headerBytes || b[0] != 'P' || b[1] != 'P' {
		return nil, fmt.Errorf("protocol: %d bytes that are no message", len(b))
	}
	if b[2] != Version {
		return nil, fmt.Errorf("protocol: message of version %d, this program speaks version %d: reload the page without its cache", b[2], Version)
	}
	kind := Kind(b[3])
	m := empty(kind)
	if m == nil {
		return nil, fmt.Errorf("protocol: unknown kind of message %d", kind)
	}
	n := binary.LittleEndian.Uint32(b[4:])
	if n > maxHead || n%4 != 0 || int(n) > len(b)-headerBytes {
		return nil, fmt.Errorf("protocol: kind %d: a head of %d bytes in a message of %d", kind, n, len(b))
	}
	end := headerBytes + int(n)
	if err := json.Unmarshal(b[headerBytes:end], m); err != nil {
		return nil, fmt.Errorf("protocol: kind %d: head: %w", kind, err)
	}
	if err := m.setBody(b[end:]); err != nil {
		return nil, fmt.Errorf("protocol: kind %d: %w", kind, err)
	}
	return m, nil
}

// empty returns a message to decode into, nil if the kind is unknown.
func empty(k Kind) Message {
	if int(k) >= len(makers) || makers[k] == nil {
		return nil
	}
	return makers[k]()
}

var makers = [...]func() Message{
	KindStart:      message[Start],
	KindPlay:       message[Play],
	KindPause:      message[Pause],
	KindStep:       message[Step],
	KindReset:      message[Reset],
	KindSet:        message[Set],
	KindReady:      message[Ready],
	KindProgress:   message[Progress],
	KindState:      message[State],
	KindMetrics:    message[Metrics],
	KindReferences: message[References],
	KindError:      message[Error],
	KindImages:     message[Images],
	KindSnapshot:   message[Snapshot],
	KindView:       message[View],
	KindLegend:     message[Legend],
	KindHover:      message[Hover],
	KindPace:       message[Pace],
	KindStage:      message[Stage],
	KindInspect:    message[Inspect],
	KindBatch:      message[Batch],
	KindMark:       message[Mark],
	KindVerdict:    message[Verdict],
	KindLook:       message[Look],
	KindNeighbours: message[Neighbours],
	KindPairs:      message[Pairs],
	KindSelection:  message[Selection],
	KindSample:     message[Sample],
	KindViews:      message[Views],
	KindSave:       message[Save],
	KindCheckpoint: message[Checkpoint],
	KindFiles:      message[Files],
	KindDataset:    message[Dataset],
}

// message returns an empty *T.
func message[T any, P interface {
	*T
	Message
}]() Message {
	return P(new(T))
}
