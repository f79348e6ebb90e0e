function t(){let t;return[n=>{t=n},()=>{const n=t;return t=void 0,n}]}const[n,a]=t(),[e,o]=t();function s(t){return{household:t.id,head:t.head}}export{s as a,o as b,e as c,n as h,a as t};
