import{r as e}from"./index-v_sN6O4R.js";function s(){const s=e(""),a=e("");return{since:s,message:a,mark:function(e){s.value=e.since??"",a.value=e.data?"":e.message??""}}}export{s as u};
