package arrowio

import (
	"fmt"
	"runtime"
)

// recovered calls f and turns a panic into an error: Arrow and Parquet panic on
// some broken input. A panic with an error, such as the refusal of an
// allocation, keeps it for errors.Is.
func recovered(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			err = fmt.Errorf("damaged data (%v)", r)
		case error:
			err = r
		default:
			err = fmt.Errorf("%v", r)
		}
	}()
	return f()
}
