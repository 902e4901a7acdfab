package nb

import (
	"errors"
	"testing"
)

type drawing struct {
	png   []byte
	notes []string
	err   error
}

func (d *drawing) PNG() ([]byte, error)     { return d.png, d.err }
func (d *drawing) Size() (int, int)         { return 2, 2 }
func (d *drawing) Text() (string, []string) { return "a raster", d.notes }

func TestFigure(t *testing.T) {
	const picture = "[image/png: a raster (shown in a notebook only)]\n"
	failure := errors.New("no ink")
	for _, c := range []struct {
		name string
		d    *drawing
		err  error
		says string
		want error
	}{
		{"plain", &drawing{png: pngBytes(t)}, nil, picture, nil},
		{"with notes", &drawing{png: pngBytes(t), notes: []string{"one", "two"}}, nil, picture + "one\ntwo\n", nil},
		{"not made", nil, failure, "", failure},
		{"not drawn", &drawing{err: failure}, nil, "", failure},
	} {
		b := capture(t)
		if err := Figure(c.d, c.err); !errors.Is(err, c.want) || b.String() != c.says {
			t.Errorf("%s: %q, %v, want %q, %v", c.name, b, err, c.says, c.want)
		}
	}
}
