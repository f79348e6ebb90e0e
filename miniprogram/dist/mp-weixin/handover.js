"use strict";let t;exports.handOver=function(e){t=e},exports.taken=function(){const e=t;return t=void 0,e},exports.targetOf=function(t){return{household:t.id,head:t.head}};
