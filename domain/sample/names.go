package sample

import (
	"math/rand/v2"
	"strings"
)

// The parts of names. They are common enough to be believed.
var (
	surnames = strings.Fields("陈 张 谭 向 冉 牟 秦 熊 贺 幸 庞 魏 蒲 唐 邹 袁 彭 赖 龚 温 梁 余 程 汪 廖 夏 田 覃 石 易 文 毛 薛 潘 卢 姚 崔 段 汤 柯")
	firsts   = split("春秀长德国明家兴正玉桂素世大少天福金开朝广吉元仕顺承")
	males    = split("林贵成平才全发根山田富祥安喜来松柏银轩礼")
	females  = split("兰英珍芳梅香莲琴菊群碧容霞凤燕蓉琼翠萍娥")
	lasts    = split("蓉琼娅苗岚炳钧旺垒坤淼霞柏松珍俊妮彤")
)

func split(s string) []string { return strings.Split(s, "") }

func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func maleName(r *rand.Rand, surname string) string { return surname + one(r, firsts) + one(r, males) }

func femaleName(r *rand.Rand, surname string) string {
	return surname + one(r, firsts) + one(r, females)
}

// youngName has two characters as often as three.
func youngName(r *rand.Rand, surname string) string {
	switch r.IntN(4) {
	case 0:
		return femaleName(r, surname)
	case 1:
		return maleName(r, surname)
	default:
		return surname + one(r, lasts)
	}
}

const (
	idLength = 28
	idSigns  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// openID looks like one of WeChat's: 28 signs, the first an o.
func openID(r *rand.Rand) string {
	b := make([]byte, idLength)
	b[0] = 'o'
	for i := 1; i < idLength; i++ {
		b[i] = idSigns[r.IntN(len(idSigns))]
	}
	return string(b)
}
