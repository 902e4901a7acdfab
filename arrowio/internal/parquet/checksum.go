package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// ChecksumKey is the key of a part's metadata that has a CRC-32C of each column chunk, in
// the order of the file. The four bytes in front of the footer have the footer's, which
// run.json repeats. So every byte has a checksum, and a reader of a window checks only what
// it reads. Other readers of Parquet see a key that they do not know. (The format's own
// page checksums leave out the headers of pages.)
const ChecksumKey = "cortigo.crc32c"

// castagnoli is the CRC that processors have instructions for.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const checksumSize = 4 // bytes, little-endian

// checksums are those of the column chunks of a part.
type checksums []uint32

// String returns them in hexadecimal: metadata are text.
func (s checksums) String() string {
	b := make([]byte, 0, checksumSize*len(s))
	for _, x := range s {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return hex.EncodeToString(b)
}

// parseChecksums reads what String gives.
func parseChecksums(text string) (checksums, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b)%checksumSize != 0 {
		return nil, fmt.Errorf("metadata %q: no list of checksums", ChecksumKey)
	}
	s := make(checksums, len(b)/checksumSize)
	for i := range s {
		s[i] = binary.LittleEndian.Uint32(b[checksumSize*i:])
	}
	return s, nil
}

// checksumOf reads size bytes at at.
func checksumOf(f io.ReaderAt, at, size int64, buf []byte) (uint32, error) {
	var sum uint32
	for size > 0 {
		b := buf[:min(int64(len(buf)), size)]
		if _, err := f.ReadAt(b, at); err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, castagnoli, b)
		at += int64(len(b))
		size -= int64(len(b))
	}
	return sum, nil
}

// checksumBuffer is large enough that calls do not matter, and small enough for
// the processor's cache.
const checksumBuffer = 1 << 16

var errChecksum = errors.New("damaged: it has another checksum than when it was written")

// ErrDamaged is arrowio.ErrDamaged.
var ErrDamaged = errors.New("the recording is damaged")

// Damage returns an error that is ErrDamaged too, which its text does not repeat.
func Damage(err error) error { return damage{err} }

type damage struct{ err error }

func (d damage) Error() string        { return d.err.Error() }
func (d damage) Unwrap() error        { return d.err }
func (d damage) Is(target error) bool { return target == ErrDamaged }

// Damaged returns such an error about a path.
func Damaged(path, format string, args ...any) error {
	return damage{fmt.Errorf("arrowio: %s: "+format, append([]any{path}, args...)...)}
}
