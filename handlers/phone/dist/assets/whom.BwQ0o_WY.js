import{v as o}from"./index-v_sN6O4R.js";function r(r){return r.household?o.card.household(r.household.head):r.card?o.card.number(r.card):o.card.someone}export{r as w};
