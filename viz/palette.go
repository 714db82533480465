package viz

import "fmt"

// Color is an opaque colour of 8 bits a channel.
type Color struct{ R, G, B uint8 }

// Hex returns the colour as "#rrggbb".
func (c Color) Hex() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// mix returns the colour a share t of the way from c to d, t in [0, 1].
func (c Color) mix(d Color, t float32) Color {
	f := func(a, b uint8) uint8 { return uint8(float32(a) + (float32(b)-float32(a))*t + 0.5) }
	return Color{f(c.R, d.R), f(c.G, d.G), f(c.B, d.B)}
}

// pixel packs the colour as it lies in a buffer of RGBA bytes on a little-endian machine.
func (c Color) pixel() uint32 { return uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | 0xff000000 }

// Theme is a set of colours for the whole picture.
type Theme struct {
	Back       Color // behind everything
	Lit, Shade Color // the ball, where light falls and where it does not
	Line       Color // meridians and parallels
	Ink, Faint Color // text
	Card       Color // behind text
	Edge       Color // rim of a marker
	Pull, Push Color // forces
	Classes    [10]Color
	Ramp       [4]Color // for numbers, from low to high
}

// Both palettes were found by annealing over OKLCH: they maximise the least distance of two classes, seen with normal
// vision and with each of three kinds of colour blindness, keeping each class's family of hues from one theme to the
// other. A test keeps that distance.
var (
	Light = Theme{
		Back: Color{0xfb, 0xfb, 0xfa}, Lit: Color{0xff, 0xff, 0xff}, Shade: Color{0xdd, 0xe1, 0xe8},
		Line: Color{0x7d, 0x8a, 0x9c}, Ink: Color{0x1c, 0x22, 0x2b}, Faint: Color{0x5b, 0x65, 0x73},
		Card: Color{0xff, 0xff, 0xff}, Edge: Color{0xff, 0xff, 0xff},
		Pull: Color{0x16, 0x55, 0xd6}, Push: Color{0xc8, 0x50, 0x00},
		Ramp: [4]Color{{0x1d, 0x1f, 0x63}, {0x27, 0x6f, 0x95}, {0x55, 0xa8, 0x68}, {0xf0, 0xb4, 0x1e}},
		Classes: [10]Color{
			{0x20, 0x24, 0x9e}, {0xec, 0x5d, 0x23}, {0x23, 0xa2, 0x7b}, {0xb0, 0x14, 0x0b}, {0xa1, 0x68, 0xde},
			{0x37, 0xc0, 0xf8}, {0xe5, 0xab, 0x05}, {0x76, 0x06, 0x5c}, {0x3b, 0x24, 0x0a}, {0x5d, 0x65, 0x6d},
		},
	}
	Dark = Theme{
		Back: Color{0x10, 0x13, 0x19}, Lit: Color{0x2a, 0x31, 0x3d}, Shade: Color{0x15, 0x19, 0x21},
		Line: Color{0x8b, 0x98, 0xab}, Ink: Color{0xec, 0xef, 0xf4}, Faint: Color{0x9d, 0xa8, 0xb8},
		Card: Color{0x1e, 0x24, 0x2e}, Edge: Color{0x0b, 0x0e, 0x13},
		Pull: Color{0x6a, 0xb0, 0xff}, Push: Color{0xff, 0x9a, 0x3c},
		Ramp: [4]Color{{0x4a, 0x50, 0xc8}, {0x2f, 0x92, 0xb8}, {0x76, 0xcf, 0x8e}, {0xff, 0xec, 0x9e}},
		Classes: [10]Color{
			{0x00, 0xaa, 0xfb}, {0xe1, 0x87, 0x13}, {0x9d, 0xd9, 0x3d}, {0xe3, 0x3d, 0x45}, {0x72, 0x67, 0xf0},
			{0x76, 0xf1, 0xfb}, {0xfc, 0xe8, 0x95}, {0xba, 0x4f, 0xaf}, {0xf7, 0xae, 0xac}, {0x99, 0x98, 0x9d},
		},
	}
)

// Class returns the colour of class i. There are ten colours; beyond them, colour and marker together
// tell classes apart.
func (t *Theme) Class(i int) Color { return t.Classes[i%len(t.Classes)] }
