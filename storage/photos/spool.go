package photos

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
)

// A stream is kept in blocks that the next one uses again: a buffer that grows
// would take a multiple of what many people send at the same time.
const blockSize = 64 << 10

// maxBlocks bounds what all streams take together: 160 MB. Who comes beyond
// that is told to come again.
const maxBlocks = 160 << 20 / blockSize

var inUse atomic.Int64

var errCrowded = errors.New("photos: too much is handed in at the same time")

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// spool holds a stream so that it can be read again.
type spool struct {
	blocks []*[blockSize]byte
	size   int64
	at     int64
}

// fill reads a stream to its end, which must come within MaxBytes.
func (s *spool) fill(r io.Reader) error {
	for s.size <= MaxBytes {
		if inUse.Add(1) > maxBlocks {
			inUse.Add(-1)
			return errCrowded
		}
		block := blocks.Get().(*[blockSize]byte)
		s.blocks = append(s.blocks, block)
		n, err := readFull(r, block[:])
		s.size += int64(n)
		if errors.Is(err, io.EOF) {
			return tooBig(s.size)
		}
		if err != nil {
			return err
		}
	}
	return tooBig(s.size)
}

// readFull fills a block. Unlike the library's it keeps a stream that was cut
// off, which fails with io.ErrUnexpectedEOF, apart from one that came to its end.
func readFull(r io.Reader, block []byte) (n int, err error) {
	for n < len(block) && err == nil {
		var read int
		read, err = r.Read(block[n:])
		n += read
	}
	return n, err
}

func tooBig(size int64) error {
	if size > MaxBytes {
		return fault.Refuse(photo.TooBig)
	}
	return nil
}

// free gives the blocks back. The spool cannot be read any more.
func (s *spool) free() {
	for _, b := range s.blocks {
		blocks.Put(b)
	}
	inUse.Add(-int64(len(s.blocks)))
	s.blocks, s.size = nil, 0
}

// Read reads on.
func (s *spool) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	block := s.blocks[s.at/blockSize][:]
	if end := s.size - s.at/blockSize*blockSize; end < blockSize {
		block = block[:end]
	}
	n := copy(p, block[s.at%blockSize:])
	s.at += int64(n)
	return n, nil
}

// Seek goes to a place in the spool.
func (s *spool) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("photos: a place before the start")
	}
	s.at = offset
	return offset, nil
}
