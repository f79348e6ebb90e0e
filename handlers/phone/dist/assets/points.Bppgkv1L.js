const t=t=>/^[-−]/.test(t);export{t as m};
