package arrowio

import (
	"bytes"
	"encoding/base64"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// arrowSchemaKey is where Arrow's own readers (pandas, polars) look for the
// types that Parquet has no name for: here, that population is a dictionary,
// so that it is read as a category and not as a string per row.
const arrowSchemaKey = "ARROW:schema"

// arrowSchema returns the Arrow schema of a part as Arrow stores it in Parquet:
// the schema message of its IPC stream, in base64.
func arrowSchema(quantities []string) string {
	fields := []arrow.Field{
		{Name: TimeColumn, Type: arrow.PrimitiveTypes.Float64},
		{Name: NeuronColumn, Type: arrow.PrimitiveTypes.Int32},
		{Name: PopulationColumn, Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}},
	}
	for _, q := range quantities {
		fields = append(fields, arrow.Field{Name: q, Type: arrow.PrimitiveTypes.Float64})
	}
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(arrow.NewSchema(fields, nil)))
	if err := w.Close(); err != nil {
		return "" // cannot fail: memory only; readers do without
	}
	const endOfStream = 8 // a continuation mark and a length of zero
	return base64.StdEncoding.EncodeToString(b.Bytes()[:b.Len()-endOfStream])
}
