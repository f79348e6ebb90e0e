package photos

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
)

// Variant is one of the sizes in which a picture is kept.
type Variant string

// The variants.
const (
	Full  Variant = "full"  // at most 1280 pixels
	Thumb Variant = "thumb" // at most 320 pixels
)

// Shelf keeps pictures by their hash. A hash's content never changes.
type Shelf interface {
	// Put keeps a picture. What is there already stays.
	Put(ctx context.Context, hash string, v Variant, text []byte) error
	// Open reads a picture; fault.NotFound where there is none.
	Open(ctx context.Context, hash string, v Variant) (io.ReadCloser, error)
	// Remove takes a picture away; it may be gone already.
	Remove(ctx context.Context, hash string, v Variant) error
}

// Folder is a Shelf on this machine's disk. Nothing outside of it can be reached.
type Folder struct{ root *os.Root }

// unfinished is where pictures are written before they get their name.
const unfinished = "unfinished"

// forgottenAfter is how old an unfinished picture is whose writer has ended.
const forgottenAfter = time.Hour

// OpenFolder opens a folder, which it makes where there is none, and removes
// what writers that were killed more than an hour ago have left.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{root}
	if err := f.tidy(); err != nil {
		_ = root.Close()
		return nil, err
	}
	return f, nil
}

// Close lets the folder go.
func (f *Folder) Close() error { return f.root.Close() }

func (f *Folder) tidy() error {
	if err := f.root.MkdirAll(unfinished, 0o700); err != nil {
		return err
	}
	entries, err := fs.ReadDir(f.root.FS(), unfinished)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && time.Since(info.ModTime()) > forgottenAfter { // the disk's clock is the machine's
			_ = f.root.Remove(path.Join(unfinished, e.Name())) // another instance tidies too
		}
	}
	return err
}

// Put writes the picture to the disk for good before it gets its name.
func (f *Folder) Put(_ context.Context, hash string, v Variant, text []byte) error {
	name, err := place(hash, v)
	if err != nil {
		return err
	}
	if _, err := f.root.Stat(name); err == nil {
		return nil
	}
	if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	draft := path.Join(unfinished, rand.Text())
	if err := f.write(draft, text); err != nil {
		_ = f.root.Remove(draft)
		return err
	}
	if err := f.root.Rename(draft, name); err != nil {
		return err
	}
	return f.settle(path.Dir(name))
}

// settle makes a new name outlive a power cut.
func (f *Folder) settle(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f *Folder) write(name string, text []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// Open reads the picture.
func (f *Folder) Open(_ context.Context, hash string, v Variant) (io.ReadCloser, error) {
	name, err := place(hash, v)
	if err != nil {
		return nil, err
	}
	file, err := f.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Refuse(fault.NotFound)
	}
	return file, err
}

// Remove deletes the picture.
func (f *Folder) Remove(_ context.Context, hash string, v Variant) error {
	name, err := place(hash, v)
	if err != nil {
		return err
	}
	if err := f.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// place is where a picture lies; fault.NotFound for what cannot be one's name.
func place(hash string, v Variant) (string, error) {
	if !hashForm.MatchString(hash) || v != Full && v != Thumb {
		return "", fault.Refuse(fault.NotFound)
	}
	return path.Join(hash[:2], hash+"-"+string(v)+".jpg"), nil
}

// OpenShelf opens what the configuration calls file:FOLDER.
func OpenShelf(address string) (*Folder, error) {
	dir, ok := strings.CutPrefix(address, "file:")
	if !ok || dir == "" {
		return nil, errors.New("photos: the address must be file:FOLDER")
	}
	return OpenFolder(dir)
}
