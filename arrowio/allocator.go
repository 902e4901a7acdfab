package arrowio

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// A boundedAllocator refuses allocations that no whole part asks for, by a
// panic that recovered turns into an error.
type boundedAllocator struct {
	memory.Allocator
	most int
}

func (a boundedAllocator) Allocate(size int) []byte {
	a.mustFit(size)
	return a.Allocator.Allocate(size)
}

func (a boundedAllocator) Reallocate(size int, b []byte) []byte {
	a.mustFit(size)
	return a.Allocator.Reallocate(size, b)
}

func (a boundedAllocator) mustFit(size int) {
	if size > a.most {
		panic(fmt.Errorf("damaged data ask for %d bytes of memory at once, more than %d", size, a.most))
	}
}
