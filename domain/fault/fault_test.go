package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/fault"
)

func TestRefusalIsFoundInAChain(t *testing.T) {
	t.Parallel()
	facts := fault.Facts{Account: 7, Need: 75, Claim: 150, Held: 80}
	err := fmt.Errorf("redeem: %w", fault.With(fault.Insufficient, facts))
	if got := fault.CodeOf(err); got != fault.Insufficient {
		t.Errorf("the code is %q", got)
	}
	outcome, rest := fault.Settle(err)
	if rest != nil || outcome != (fault.Outcome{Code: fault.Insufficient, Facts: facts}) || !outcome.Refused() {
		t.Errorf("settled as %+v, %v", outcome, rest)
	}
	if got := fault.Refuse(fault.Kin).Error(); got != "refused: kin" {
		t.Errorf("reads %q", got)
	}
}

func TestWhatIsNoRefusalStaysAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is full")
	if outcome, err := fault.Settle(broken); !errors.Is(err, broken) || outcome != (fault.Outcome{}) {
		t.Errorf("settled as %+v, %v", outcome, err)
	}
	if got := fault.CodeOf(broken); got != "" {
		t.Errorf("has the code %q", got)
	}
	if got := fault.CodeOf(nil); got != "" {
		t.Errorf("nothing has the code %q", got)
	}
	if (fault.Outcome{Code: fault.Done}).Refused() {
		t.Error("what is done is refused")
	}
}
