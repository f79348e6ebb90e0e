package photos

const (
	fraction = 13 // bits behind the point in the cosines below
	between  = 2  // bits behind the point between columns and rows

	shift     = fraction - between
	half      = 1 << (shift - 1)
	lastShift = fraction + between + 3
	lastHalf  = 1 << (lastShift - 1)
)

// paint turns the numbers of a block into the pixels of a square of 8, 4, 2 or
// 1, which begins at to. Where it is smaller than 8 the highest frequencies are
// left out, which is how a picture is best made smaller. Behind last there is
// nothing in the block.
func paint(to []byte, stride, edge int, b *[64]int32, last int) {
	switch {
	case last == 0 || edge == 1:
		v := pixel((b[0] + 4) >> 3)
		for y := range edge {
			row := to[y*stride:][:edge]
			for x := range row {
				row[x] = v
			}
		}
	case edge == 8:
		paint8(to, stride, b)
	case edge == 4:
		paint4(to, stride, b)
	default:
		upper, lower := b[0]+b[8]+4, b[0]-b[8]+4
		top, bottom := to[:2], to[stride:][:2]
		across, down := b[1]+b[9], b[1]-b[9]
		top[0], top[1] = pixel((upper+across)>>3), pixel((upper-across)>>3)
		bottom[0], bottom[1] = pixel((lower+down)>>3), pixel((lower-down)>>3)
	}
}

func paint8(to []byte, stride int, b *[64]int32) {
	for x := range 8 {
		c := b[x : x+57 : x+57]
		if c[8]|c[16]|c[24]|c[32]|c[40]|c[48]|c[56] == 0 {
			v := c[0] << between
			c[0], c[8], c[16], c[24], c[32], c[40], c[48], c[56] = v, v, v, v, v, v, v, v
			continue
		}
		v0, v1, v2, v3, v4, v5, v6, v7 := eight(c[0], c[8], c[16], c[24], c[32], c[40], c[48], c[56])
		c[0], c[8], c[16], c[24] = (v0+half)>>shift, (v1+half)>>shift, (v2+half)>>shift, (v3+half)>>shift
		c[32], c[40], c[48], c[56] = (v4+half)>>shift, (v5+half)>>shift, (v6+half)>>shift, (v7+half)>>shift
	}
	for y := range 8 {
		r, row := b[8*y:8*y+8:8*y+8], to[y*stride:][:8]
		v0, v1, v2, v3, v4, v5, v6, v7 := eight(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7])
		row[0], row[1] = pixel((v0+lastHalf)>>lastShift), pixel((v1+lastHalf)>>lastShift)
		row[2], row[3] = pixel((v2+lastHalf)>>lastShift), pixel((v3+lastHalf)>>lastShift)
		row[4], row[5] = pixel((v4+lastHalf)>>lastShift), pixel((v5+lastHalf)>>lastShift)
		row[6], row[7] = pixel((v6+lastHalf)>>lastShift), pixel((v7+lastHalf)>>lastShift)
	}
}

func paint4(to []byte, stride int, b *[64]int32) {
	for x := range 4 {
		c := b[x : x+25 : x+25]
		v0, v1, v2, v3 := four(c[0], c[8], c[16], c[24])
		c[0], c[8], c[16], c[24] = (v0+half)>>shift, (v1+half)>>shift, (v2+half)>>shift, (v3+half)>>shift
	}
	for y := range 4 {
		r, row := b[8*y:8*y+4:8*y+4], to[y*stride:][:4]
		v0, v1, v2, v3 := four(r[0], r[1], r[2], r[3])
		row[0], row[1] = pixel((v0+lastHalf)>>lastShift), pixel((v1+lastHalf)>>lastShift)
		row[2], row[3] = pixel((v2+lastHalf)>>lastShift), pixel((v3+lastHalf)>>lastShift)
	}
}

// pixel is a brightness that is coded around zero.
func pixel(v int32) byte { return byte(min(255, max(0, v+128))) }

// four is the inverse cosine transform of four numbers, times the root of eight
// as the file's have it.
func four(c0, c1, c2, c3 int32) (v0, v1, v2, v3 int32) {
	const cos1, cos3 = 10703, 4433 // of π/8 and 3π/8, times the root of two
	a, b := (c0+c2)<<fraction, (c0-c2)<<fraction
	c, d := cos1*c1+cos3*c3, cos3*c1-cos1*c3
	return a + c, b + d, b - d, a - c
}

// eight is that of eight numbers, after Loeffler, Ligtenberg and Moschytz:
// "Practical fast 1-D DCT algorithms with 11 multiplications", 1989.
func eight(c0, c1, c2, c3, c4, c5, c6, c7 int32) (v0, v1, v2, v3, v4, v5, v6, v7 int32) {
	z := 4433 * (c2 + c6)
	low, high := z+6270*c2, z-15137*c6
	a, b := (c0+c4)<<fraction, (c0-c4)<<fraction
	e0, e1, e2, e3 := a+low, b+high, b-high, a-low

	z = 9633 * (c1 + c3 + c5 + c7)
	z1, z2 := -7373*(c1+c7), -20995*(c3+c5)
	z3, z4 := z-16069*(c3+c7), z-3196*(c1+c5)
	o0, o1 := 12299*c1+z1+z4, 25172*c3+z2+z3
	o2, o3 := 16819*c5+z2+z4, 2446*c7+z1+z3
	return e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0
}
