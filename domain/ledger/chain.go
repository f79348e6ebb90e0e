package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Hash is a link of a village's chain.
type Hash [sha256.Size]byte

// String is the hash in lower-case hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Head is the newest link of a village's chain: how many entries it has and
// the hash over all of them. It is printed on the wall sheet.
type Head struct {
	Village village.ID
	Seq     Seq
	Hash    Hash
}

// Signs are the first twelve signs of the head, as they are printed on a sheet.
func (h Head) Signs() string { return h.Hash.String()[:12] }

// Seal returns the hash that the entry must carry when it follows prev:
// sha256(0x00 ‖ seq ‖ prev ‖ each field behind its length). The payload holds
// ids, never names of people, so that deleting a person leaves the chain whole.
func (e Entry) Seal(prev Hash) Hash {
	b := make([]byte, 1, 256)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = append(b, prev[:]...)
	for _, n := range []int64{
		int64(e.Village), int64(e.Account), int64(e.Line), int64(e.Tenths),
		int64(e.Corrects), e.Event, int64(e.Recorder), int64(e.Confirmer), e.PostedAt.UnixMicro(),
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, s := range []string{
		string(e.Kind), string(e.Root), e.CountsIn.String(), e.OccurredOn.String(), e.Item, e.Title, e.Reason,
	} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

// append puts the draft behind the head.
func (h Head) append(a Account, d Draft, line int, at time.Time) (Head, Entry) {
	e := Entry{
		Village: h.Village, Seq: h.Seq + 1, Account: a.ID, Line: line,
		Kind: d.Kind, Root: d.root(), Tenths: d.Tenths, CountsIn: d.CountsIn, OccurredOn: d.OccurredOn,
		Corrects: d.Corrects, Event: d.Event, Item: d.Item, Title: d.Title, Reason: d.Reason,
		Recorder: d.Recorder, Confirmer: d.Confirmer, PostedAt: at.UTC().Truncate(time.Microsecond), Prev: h.Hash,
	}
	e.Hash = e.Seal(h.Hash)
	return Head{Village: h.Village, Seq: e.Seq, Hash: e.Hash}, e
}

// Follows tells whether e is the next link behind h, untouched.
func (h Head) Follows(e Entry) bool {
	return e.Village == h.Village && e.Seq == h.Seq+1 && e.Prev == h.Hash && e.Hash == e.Seal(h.Hash)
}
