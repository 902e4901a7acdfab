package parquet

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// The schema in the metadata is one that Arrow reads, and population is a
// dictionary in it.
func TestArrowSchema(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString(arrowSchema([]string{"V_m"}))
	if err != nil {
		t.Fatal(err)
	}
	endOfStream := []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}
	r, err := ipc.NewReader(bytes.NewReader(append(b, endOfStream...)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	s := r.Schema()
	for i, want := range []struct {
		name string
		kind arrow.Type
	}{{"time_ms", arrow.FLOAT64}, {"neuron", arrow.INT32}, {"population", arrow.DICTIONARY}, {"V_m", arrow.FLOAT64}} {
		if f := s.Field(i); f.Name != want.name || f.Type.ID() != want.kind || f.Nullable {
			t.Errorf("field %d: %v", i, f)
		}
	}
}
