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

// compression is how pages are compressed. BenchmarkCompression has what the
// choices cost: the dictionary columns leave little but the neuron ids, which
// are close to random, so that no compressor is worth its time.
type compression struct {
	codec compress.Compression
	level int
}

var defaultCompression = compression{codec: compress.Codecs.Uncompressed}

func (e compression) properties(mem memory.Allocator, version string) *parquet.WriterProperties {
	return parquet.NewWriterProperties(
		parquet.WithAllocator(mem),
		parquet.WithCreatedBy(version),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCompression(e.codec),
		parquet.WithDictionaryDefault(false),
		parquet.WithDictionaryFor(TimeColumn, true),
		parquet.WithDictionaryFor(PopulationColumn, true),
	)
}
