package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/arrowio"
)

// version2 unpacks a run of the version of Cortigo before run.json had format
// version 3, made by
//
//	cortigo config --scale 0.006 --background poisson --t-presim 20 --t-sim 180 --record spikes,voltages   with voltage_interval_ms 50
//	cortigo run --params ... --t-sim 280 --save --checkpoint-every 120 --threads 1 --shards 1
//
// It has a network, and the state of 300 ms.
func version2(t *testing.T) string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "arrowio", "testdata", "version2.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, "v2")
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else {
			var b []byte
			b, err = io.ReadAll(r)
			err = errors.Join(err, os.WriteFile(path, b, 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The digest that that version printed, and those of this version, which draws
// other Poisson numbers: gone on with from 300 ms until 600 ms, and of a run of the same
// parameters until then.
const (
	version2Digest      = "b9645783f6355dc8f8d3038bcf83c1c65f8c2b37eeef999d9dff15fb92e2e8f6"
	version2DigestLater = "a144235fc3cd55056c4e65df2c6f64e86983bda044e96c939f9c66fbfd466004"
	version2DigestAnew  = "b39cb2bc1a63fed4fbcd2c6041cd1a62674c4d8a68a71ef48dfc856e993cc3f7"
)

// A run of the version before is told of, checked and read as it was, and goes on
// from its state; it becomes one of this version, whose populations have labels.
func TestVersion2(t *testing.T) {
	t.Parallel()
	dir := version2(t)
	m := object(t, must(t, "info", "--json", dir))
	if m["t_presim_ms"] != 20.0 || m["t_sim_ms"] != 280.0 || m["spikes"] != 50.0 || m["state_ms"] != 300.0 || m["samples"] != 2772.0 {
		t.Errorf("%v", m)
	}
	if got := strings.TrimSpace(must(t, "digest", dir)); got != version2Digest {
		t.Errorf("digest %s, want %s", got, version2Digest)
	}
	must(t, "check", dir)
	got := object(t, must(t, "run", "--json", "--resume", dir, "--t-sim", "300"))
	if got["spike_sha256"] != version2DigestLater || got["spikes"] != 99.0 || got["resumed_from_ms"] != 300.0 {
		t.Errorf("%v", got)
	}
	must(t, "check", dir)
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := d.Run()
	if r.FormatVersion != arrowio.FormatVersion || r.AnalyseFromMS != 20 || r.PlannedEndMS != 600 || r.Populations[0].Label != "L2/3E" {
		t.Errorf("version %d, from %g to %g ms, %+v", r.FormatVersion, r.AnalyseFromMS, r.PlannedEndMS, r.Populations[0])
	}
	samples, err := arrowio.ReadSamples(dir)
	if err != nil || len(samples.Step) != 5544 { // 462 neurons at 12 multiples of 50 ms
		t.Errorf("%v, %v", samples, err)
	}
	again := object(t, must(t, "run", "--json", "--params", filepath.Join(dir, "run.json"), "--out", tempRun(t)))
	if again["spike_sha256"] != version2DigestAnew {
		t.Errorf("its parameters make %v", again)
	}
}

// A version to come is refused with what this one reads.
func TestLaterVersion(t *testing.T) {
	t.Parallel()
	dir := version2(t)
	path := filepath.Join(dir, arrowio.RunFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = []byte(strings.Replace(string(b), `"format_version": 2`, `"format_version": 4`, 1))
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"info", dir}, {"digest", dir}, {"plot", dir}, {"run", "--resume", dir}} {
		wantError(t, args, "format_version is 4, this Cortigo reads 1 to 3")
	}
}
