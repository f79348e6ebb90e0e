package mini

import (
	"context"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// villageFor returns the village that an id names if the caller may do the deed
// there, or "" for what everybody of the village may. To who has nothing to do
// with the village there is none; who has is refused with Forbidden.
func (a *API) villageFor(ctx context.Context, c caller, id string, d usecase.Deed) (village.Village, error) {
	n, ok := a.IDs.Open(web.Village, id)
	if !ok {
		return village.Village{}, web.NotFound()
	}
	return a.inVillage(ctx, c, village.ID(n), d)
}

// inVillage is villageFor of a village that is known.
func (a *API) inVillage(ctx context.Context, c caller, id village.ID, d usecase.Deed) (village.Village, error) {
	v, err := a.Read.VillageOf(ctx, id)
	if err != nil || usecase.May(c.held.Staff, v, d) {
		return v, err
	}
	of, err := a.belongs(ctx, c, v)
	switch {
	case err != nil:
		return v, err
	case !of:
		return v, web.NotFound()
	case d != "":
		return v, fault.Refuse(fault.Forbidden)
	}
	return v, nil
}

// belongs tells whether the caller has a household or a post in the village.
func (a *API) belongs(ctx context.Context, c caller, v village.Village) (bool, error) {
	if len((usecase.Access{Staff: c.held.Staff, Village: v}).Roles()) > 0 {
		return true, nil
	}
	for _, h := range c.held.Staff.Households {
		home, err := a.Read.HouseholdOf(ctx, h)
		if err != nil || home.Village == v.ID {
			return err == nil, err
		}
	}
	return false, nil
}

// clean refuses with TextRisky words that the platform finds must not be shown
// to others.
func (a *API) clean(ctx context.Context, c caller, words ...string) error {
	return a.Words.Do(ctx, c.cmd, c.held.Person.MiniOpenID, words...)
}

// ownHome opens the id of a household that the caller belongs to; there is no
// other to them.
func (a *API) ownHome(c caller, id string) (household.ID, error) {
	n, ok := a.IDs.Open(web.Household, id)
	if !ok || !slices.Contains(c.held.Staff.Households, household.ID(n)) {
		return 0, web.NotFound()
	}
	return household.ID(n), nil
}
