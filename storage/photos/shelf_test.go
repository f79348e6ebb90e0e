package photos_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/storage/photos"
)

var _ photos.Shelf = (*photos.Folder)(nil)

var name = strings.Repeat("0a", 32)

func shelf(t *testing.T, dir string) *photos.Folder {
	t.Helper()
	f, err := photos.OpenShelf("file:" + dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func content(t *testing.T, f *photos.Folder, hash string, v photos.Variant) (string, error) {
	t.Helper()
	r, err := f.Open(context.Background(), hash, v)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), r.Close()
}

func TestAShelfKeepsPictures(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "new", "photos")
	f := shelf(t, dir)
	if _, err := content(t, f, name, photos.Full); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v; want it not found", err)
	}
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			for v, text := range map[photos.Variant]string{photos.Full: "large", photos.Thumb: "small"} {
				if err := f.Put(ctx, name, v, []byte(text)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	together.Wait()
	again := shelf(t, dir)
	for v, want := range map[photos.Variant]string{photos.Full: "large", photos.Thumb: "small"} {
		if got, err := content(t, again, name, v); got != want || err != nil {
			t.Errorf("%s: %q, %v", v, got, err)
		}
	}
	if left, err := os.ReadDir(filepath.Join(dir, "unfinished")); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	for range 2 {
		if err := f.Remove(ctx, name, photos.Full); err != nil {
			t.Error(err)
		}
	}
	if _, err := content(t, f, name, photos.Full); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("removed: %v", err)
	}
}

func TestNothingOutsideOfAShelfIsReached(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret-full.jpg")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := shelf(t, filepath.Join(dir, "photos"))
	for _, bad := range []string{"", "secret", "../secret", "../../secret", dir + "/secret", strings.ToUpper(name), name + "0", strings.Repeat(".", 64), name[:62] + "/x"} {
		if _, err := content(t, f, bad, photos.Full); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v", bad, err)
		}
		if err := f.Put(context.Background(), bad, photos.Full, nil); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q was put: %v", bad, err)
		}
	}
	for _, bad := range []photos.Variant{"", "raw", "../full"} {
		if _, err := content(t, f, name, bad); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// A link that somebody planted leads nowhere.
	if err := os.Symlink(dir, filepath.Join(dir, "photos", name[:2])); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+"-full.jpg"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := content(t, f, name, photos.Full); err == nil {
		t.Errorf("read %q outside", got)
	}
}

func TestWhatAKilledWriterLeftIsRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shelf(t, dir)
	for file, age := range map[string]time.Duration{"old": 2 * time.Hour, "young": time.Minute} {
		path := filepath.Join(dir, "unfinished", file)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	shelf(t, dir)
	left, err := os.ReadDir(filepath.Join(dir, "unfinished"))
	if err != nil || len(left) != 1 || left[0].Name() != "young" {
		t.Errorf("%v, %v; want the young one alone", left, err)
	}
}

func TestShelfAddresses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "file:", "s3://bucket", t.TempDir()} {
		if f, err := photos.OpenShelf(bad); err == nil {
			_ = f.Close()
			t.Errorf("%q was opened", bad)
		}
	}
}
