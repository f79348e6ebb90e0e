import{r as e}from"./index-DTp3KL23.js";function s(){const s=e(""),a=e("");return{since:s,message:a,mark:function(e){s.value=e.since??"",a.value=e.data?"":e.message??""}}}export{s as u};
