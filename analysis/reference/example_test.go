package reference_test

import (
	"fmt"
	"os"

	"cortigo/analysis"
	"cortigo/analysis/reference"
)

// Runs with Poisson background are not what a network with DC background gives.
func Example() {
	dir := os.DirFS("../../testdata/nest/pd14")
	refs, err := reference.ReadAll(dir, "pd14_scale0.2_dc_seed*.json.gz")
	if err != nil {
		fmt.Println(err)
		return
	}
	other, err := reference.ReadAll(dir, "pd14_scale0.2_poisson_seed123450.json.gz")
	if err != nil {
		fmt.Println(err)
		return
	}
	// A run of one's own comes from reference.Describe(spikes, seed).
	v, err := analysis.Verify(&other[0].Statistics, reference.Statistics(refs))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d rows fail, %d may: pass %v\n", v.Failed, len(v.Rows), v.Allowed, v.Pass)
	// Output: 14 of 24 rows fail, 2 may: pass false
}
