package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
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
	version2Digest     = "b9645783f6355dc8f8d3038bcf83c1c65f8c2b37eeef999d9dff15fb92e2e8f6"
	version2DigestAnew = "aa7cfeb5a3342eb47af20b8ee3fd2a44fe91d65fd1496b77921d466806abe354"
)

// A run of the version before is told of, checked and read as it was. Its network
// would be drawn otherwise, so nothing goes on from its state, and it stays as it is;
// its parameters make a run anew.
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
	before := files(t, dir)
	for _, args := range [][]string{{"run", "--resume", dir, "--t-sim", "300"}, {"run", "--resume", dir}} {
		wantError(t, args, "network.json", "an earlier version, which drew weights from distributions otherwise", "build the network again")
	}
	if after := files(t, dir); !maps.EqualFunc(before, after, bytes.Equal) {
		t.Error("a run that cannot be gone on with has changed by the attempt")
	}
	if text := must(t, "check", dir); !strings.Contains(text, "note:") || !strings.Contains(text, "only checksums were compared") {
		t.Errorf("check says %s", text)
	}
	samples, err := arrowio.ReadSamples(dir)
	if err != nil || len(samples.Step) != 2772 { // 462 neurons at 6 multiples of 50 ms
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
