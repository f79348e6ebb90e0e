package photos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
)

// TestStreamsTakeNoMoreThanThereIs is not parallel: it uses up what all have.
func TestStreamsTakeNoMoreThanThereIs(t *testing.T) {
	stream := func() io.Reader { return io.MultiReader(bytes.NewReader(make([]byte, 3*blockSize))) }
	var held []*spool
	for range maxBlocks / 4 {
		s := &spool{} // three blocks, and one in which its end was looked for
		if err := s.fill(stream()); err != nil {
			t.Fatal(err)
		}
		held = append(held, s)
	}
	if _, err := Read(context.Background(), stream()); !errors.Is(err, errCrowded) {
		t.Errorf("%v; want to be told to come again", err)
	}
	for _, s := range held {
		s.free()
	}
	if _, err := Read(context.Background(), stream()); fault.CodeOf(err) != photo.BadFormat {
		t.Errorf("%v; want it looked at", err)
	}
	if n := inUse.Load(); n != 0 {
		t.Errorf("%d blocks are in use still", n)
	}
}
