package arrowio

import (
	"fmt"

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

// compression is how pages of columns with a dictionary are compressed: what
// their indices and dictionaries take. The others are not, see writeGroup.
type compression struct {
	codec compress.Compression
	level int
}

// defaultCompression: Zstandard at its usual level. Level 1 leaves a quarter more
// of the indices, higher ones gain nothing (BenchmarkCompression).
var defaultCompression = compression{codec: compress.Codecs.Zstd, level: 3}

func (e compression) properties(mem memory.Allocator, version string) *parquet.WriterProperties {
	return parquet.NewWriterProperties(
		parquet.WithAllocator(mem),
		parquet.WithCreatedBy(version),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCompression(compress.Codecs.Uncompressed),
		parquet.WithCompressionFor(TimeColumn, e.codec),
		parquet.WithCompressionFor(PopulationColumn, e.codec),
		parquet.WithDictionaryDefault(false),
		parquet.WithDictionaryFor(TimeColumn, true),
		parquet.WithDictionaryFor(PopulationColumn, true),
		parquet.WithEncodingFor(NeuronColumn, parquet.Encodings.DeltaBinaryPacked),
	)
}
