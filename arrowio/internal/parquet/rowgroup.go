package parquet

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"cortigo/arrowio/internal/populations"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/klauspost/compress/zstd"
)

// Rows are a stretch of a run's spikes or samples, in order of step, then neuron.
type Rows struct {
	Step   []int64
	Neuron []int32
	Values [][]float64 // one column per quantity; none for spikes
}

// Len returns the number of rows.
func (r *Rows) Len() int { return len(r.Step) }

// Scratch is memory that is used again from row group to row group.
type Scratch struct {
	idx        []int32
	dict, page []byte
	compressed bytes.Buffer
	zstd       *zstd.Encoder
	zpage      []byte
}

// a column is one column of a row group, encoded.
type column struct {
	dict     []byte // nil: the values stand in the page
	dictN    int
	page     []byte
	delta    bool   // the page is encoded as appendDeltas does
	min, max []byte // of the values, as statistics have them
	codec    Compression
}

// times encodes the time stamps: their distinct values as a dictionary, in
// ascending order since the rows are.
func (s *Scratch) times(step []int64, scale TimeScale) column {
	s.idx, s.dict = grow(s.idx, len(step)), s.dict[:0]
	at, last := int32(-1), int64(math.MinInt64)
	for i, t := range step {
		if t != last {
			last = t
			at++
			s.dict = appendFloat(s.dict, scale.MS(t))
		}
		s.idx[i] = at
	}
	s.page = appendIndices(s.page[:0], s.idx, int(at)+1)
	return column{
		dict: s.dict, dictN: int(at) + 1, page: s.page,
		min: appendFloat(nil, scale.MS(step[0])), max: appendFloat(nil, scale.MS(last)),
	}
}

// neurons encodes the differences of ids.
func (s *Scratch) neurons(neuron []int32) column {
	s.page = appendDeltas(s.page[:0], neuron)
	return column{
		page: s.page, delta: true,
		min: binary.LittleEndian.AppendUint32(nil, uint32(slices.Min(neuron))),
		max: binary.LittleEndian.AppendUint32(nil, uint32(slices.Max(neuron))),
	}
}

// populations encodes the names of the neurons' populations, those that occur
// as a dictionary.
func (s *Scratch) populations(x *populations.Index, neuron []int32) (column, error) {
	pops := x.All()
	s.idx, s.dict = grow(s.idx, len(neuron)), s.dict[:0]
	if err := x.Assign(s.idx, neuron); err != nil {
		return column{}, err
	}
	seen := make([]bool, len(pops))
	for _, k := range s.idx {
		seen[k] = true
	}
	to := make([]int32, len(pops))
	var names []string
	for k, p := range pops {
		if seen[k] {
			to[k] = int32(len(names))
			names = append(names, p.Name)
			s.dict = binary.LittleEndian.AppendUint32(s.dict, uint32(len(p.Name)))
			s.dict = append(s.dict, p.Name...)
		}
	}
	if len(names) < len(pops) {
		for i, k := range s.idx {
			s.idx[i] = to[k]
		}
	}
	s.page = appendIndices(s.page[:0], s.idx, len(names))
	return column{
		dict: s.dict, dictN: len(names), page: s.page,
		min: []byte(slices.Min(names)), max: []byte(slices.Max(names)),
	}, nil
}

// floats encodes a quantity's values as they are. Statistics leave out NaN, as
// Parquet asks.
func (s *Scratch) floats(v []float64) column {
	c := column{page: arrow.Float64Traits.CastToBytes(v)} // Parquet is little-endian, as is every system Go's Arrow writes on
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		if x < lo {
			lo = x
		}
		if x > hi {
			hi = x
		}
	}
	if lo <= hi {
		// Zeros are signed so that both signs lie inside, as Parquet asks.
		if lo == 0 {
			lo = math.Copysign(0, -1)
		}
		if hi == 0 {
			hi = 0
		}
		c.min, c.max = appendFloat(nil, lo), appendFloat(nil, hi)
	}
	return c
}

func appendFloat(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

// put writes the column as the next chunk of the row group: a dictionary page,
// if it has one, and a data page. It returns the number of bytes.
func (c *column) put(p *Writer, rg *metadata.RowGroupMetaDataBuilder, n int) (int64, error) {
	at := p.groups
	chunk := rg.NextColumnChunk()
	pages, err := file.NewPageWriter(p.sink, c.codec.Codec, c.codec.Level, chunk, int16(at), int16(rg.CurrentColumn()), allocator(p.c.Memory), false, nil, nil)
	if err != nil {
		return 0, err
	}
	var written int64
	enc := parquet.Encodings.Plain
	if c.delta {
		enc = parquet.Encodings.DeltaBinaryPacked
	}
	if c.dict != nil {
		enc = p.props.DictionaryIndexEncoding()
		dict := file.NewDictionaryPage(memory.NewBufferBytes(c.dict), int32(c.dictN), p.props.DictionaryPageEncoding())
		k, err := pages.WriteDictionaryPage(dict)
		if err != nil {
			return 0, err
		}
		written += k
	}
	var stats metadata.EncodedStatistics
	stats.SetNullCount(0)
	if c.min != nil {
		stats.SetMin(c.min).SetMax(c.max)
	}
	// The old form of the statistics, in signed order, is not for strings.
	stats.Signed = chunk.Descr().PhysicalType() != parquet.Types.ByteArray
	data := c.page
	if pages.HasCompressor() {
		if data, err = p.scratch.compress(pages, c); err != nil {
			return 0, err
		}
	}
	page := file.NewDataPageV1WithStats(memory.NewBufferBytes(data), int32(n), enc,
		parquet.Encodings.RLE, parquet.Encodings.RLE, int32(len(c.page)), stats)
	k, err := pages.WriteDataPage(page)
	if err != nil {
		return 0, err
	}
	chunk.SetStats(stats)
	return written + k, pages.Close(c.dict != nil, false)
}

// compress compresses the column's page. Zstandard goes through an encoder that is
// used again: a new one takes longer for its memory than for the page.
func (s *Scratch) compress(pages file.PageWriter, c *column) (_ []byte, err error) {
	if c.codec.Codec != compress.Codecs.Zstd {
		s.compressed.Reset()
		return pages.Compress(&s.compressed, c.page), nil
	}
	if s.zstd == nil {
		s.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(c.codec.Level)),
			zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20), zstd.WithEncoderCRC(false))
		if err != nil {
			return nil, err
		}
	}
	s.zpage = s.zstd.EncodeAll(c.page, s.zpage[:0])
	return s.zpage, nil
}

func grow(b []int32, n int) []int32 {
	if cap(b) < n {
		b = make([]int32, n)
	}
	return b[:n]
}
