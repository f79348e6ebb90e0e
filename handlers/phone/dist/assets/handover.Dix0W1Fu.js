let n;function t(t){n=t}function o(){const t=n;return n=void 0,t}function e(n){return{household:n.id,head:n.head}}export{e as a,t as h,o as t};
