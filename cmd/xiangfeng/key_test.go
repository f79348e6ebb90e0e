package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestKey: what is configured counts; without it all who start at once share
// one that nobody else reads, and find it again.
func TestKey(t *testing.T) {
	t.Parallel()
	c := defaults()
	c.Database = secret("sqlite:" + filepath.Join(t.TempDir(), "new", "xiangfeng.db"))
	keys := make([]secret, 8)
	var starting sync.WaitGroup
	for i := range keys {
		starting.Go(func() {
			key, err := c.key()
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	starting.Wait()
	for _, key := range keys {
		if key != keys[0] || len(key) < shortestKey {
			t.Fatal("not everybody has the same key")
		}
	}
	folder := filepath.Join(filepath.Dir(strings.TrimPrefix(string(c.Database), "sqlite:")))
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v; want one file", files, err)
	}
	path := filepath.Join(folder, files[0].Name())
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; others may read the key", info, err)
	}
	c.SecretKey = testKey
	if key, err := c.key(); err != nil || key != testKey {
		t.Errorf("%v; the configured key does not count", err)
	}
	c.SecretKey = ""
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.key(); err == nil || !strings.Contains(err.Error(), "密钥文件 "+path) {
		t.Errorf("%v; a damaged key is taken", err)
	}
}

func TestPurposesShareNothing(t *testing.T) {
	t.Parallel()
	cards, ids := derive(testKey, forCards), derive(testKey, forIDs)
	if len(cards) != 32 || string(cards) == string(ids) || string(cards) == string(derive(testKey+"x", forCards)) || string(cards) != string(derive(testKey, forCards)) {
		t.Errorf("%x, %x", cards, ids)
	}
}
