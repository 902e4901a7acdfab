package parquet

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// The columns of a part. Spikes have the first three; samples have a column
// more for each quantity, named after it.
const (
	TimeColumn       = "time_ms"    // double: end of the step in ms
	NeuronColumn     = "neuron"     // int32: id, counted over the populations
	PopulationColumn = "population" // string, dictionary-encoded
)

// MetadataKey is the key of a part's metadata under which it repeats run.json.
const MetadataKey = "cortigo.run"

// Positions of the columns in the parts that this package writes.
const (
	timeAt = iota
	neuronAt
	populationAt
	valuesAt // of the first quantity
)

// partSchema returns the Parquet schema of spikes (no quantities) or samples.
func partSchema(quantities []string) (*schema.GroupNode, error) {
	required := parquet.Repetitions.Required
	population, err := schema.NewPrimitiveNodeLogical(PopulationColumn, required,
		schema.StringLogicalType{}, parquet.Types.ByteArray, 0, -1)
	if err != nil {
		return nil, err
	}
	fields := schema.FieldList{
		schema.NewFloat64Node(TimeColumn, required, -1),
		schema.NewInt32Node(NeuronColumn, required, -1),
		population,
	}
	seen := map[string]bool{"": true, TimeColumn: true, NeuronColumn: true, PopulationColumn: true}
	for _, q := range quantities {
		if seen[q] {
			return nil, fmt.Errorf("quantity %q is empty, there twice or the name of another column", q)
		}
		seen[q] = true
		fields = append(fields, schema.NewFloat64Node(q, required, -1))
	}
	return schema.NewGroupNode("cortigo", required, fields, -1)
}

// Compression is how pages of columns with a dictionary are compressed: what
// their indices and dictionaries take. The others are not, see writeGroup.
type Compression struct {
	Codec compress.Compression
	Level int
}

// DefaultCompression is Zstandard at its usual level. Level 1 leaves a quarter more
// of the indices, higher ones gain nothing (BenchmarkCompression).
var DefaultCompression = Compression{Codec: compress.Codecs.Zstd, Level: 3}

// Uncompressed leaves pages as they are.
var Uncompressed = Compression{Codec: compress.Codecs.Uncompressed}

func (e Compression) properties(mem memory.Allocator, version string) *parquet.WriterProperties {
	return parquet.NewWriterProperties(
		parquet.WithAllocator(mem),
		parquet.WithCreatedBy(version),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCompression(compress.Codecs.Uncompressed),
		parquet.WithCompressionFor(TimeColumn, e.Codec),
		parquet.WithCompressionFor(PopulationColumn, e.Codec),
		parquet.WithDictionaryDefault(false),
		parquet.WithDictionaryFor(TimeColumn, true),
		parquet.WithDictionaryFor(PopulationColumn, true),
		parquet.WithEncodingFor(NeuronColumn, parquet.Encodings.DeltaBinaryPacked),
	)
}

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

// CheckQuantities reports names of quantities that cannot be columns.
func CheckQuantities(quantities []string) error {
	_, err := partSchema(quantities)
	return err
}
