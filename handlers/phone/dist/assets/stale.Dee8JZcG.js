import{r as e}from"./index-D4h8NY5_.js";function s(){const s=e(""),a=e("");return{since:s,message:a,mark:function(e){s.value=e.since??"",a.value=e.data?"":e.message??""}}}export{s as u};
