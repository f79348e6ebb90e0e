package usecase

import "github.com/xiangfeng/xiangfeng/domain/notice"

// Notices is how an act leaves what people are told of it. They are there if
// and only if the act takes effect.
type Notices interface {
	// Notify leaves notices. One of a person, scope and occasion that were told
	// before is left as it is.
	Notify(...notice.Notice) error
}
