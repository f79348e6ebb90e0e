package household

import "github.com/xiangfeng/xiangfeng/domain/village"

// Role is what a person does in the scheme.
type Role string

// The roles (PRODUCT 1).
const (
	TeamMember Role = "team_member" // 落实小组成员: records
	Deputy     Role = "deputy"      // 副组长: confirms, for the leader's own records too
	Leader     Role = "leader"      // 组长: confirms
	Shopkeeper Role = "shopkeeper"  // 积分超市经营者: hands over goods
	Officer    Role = "officer"     // 镇办公室: confirms where nobody eligible is left
	Auditor    Role = "auditor"     // 监督: reads
)

// Post is a role held in a village, or, for an officer or auditor, in a whole township.
type Post struct {
	Person   PersonID
	Role     Role
	Village  village.ID         // 0 for a township's post
	Township village.TownshipID // 0 for a village's post
}

// Staff is who may act on a household's events and why not.
type Staff struct {
	Person     PersonID
	Posts      []Post
	Households []ID // the person's own households
}

// Holds tells whether the person has one of the roles in the village, or an
// officer's in its township. Of a village without an ID only the township counts.
func (s Staff) Holds(v village.Village, roles ...Role) bool {
	for _, p := range s.Posts {
		for _, r := range roles {
			if p.Role == r && (p.Village != 0 && p.Village == v.ID || p.Village == 0 && p.Township == v.Township) {
				return true
			}
		}
	}
	return false
}
