import { createRandom, } from "./numeric/index.js";
import { temperatureScaling, vectorScaling, dirichletCalibration } from "./recalibration/index.js";
for (const [n,k] of [[2000,3],[5000,10],[5000,30],[2000,100]]) { const r=createRandom(1); const data=new Float64Array(n*k), labels=new Int32Array(n);
 for(let i=0;i<n;i++){ let s=0; const z=Array.from({length:k},()=>2*Math.sqrt(-2*Math.log(1-r.uniform()))*Math.cos(6.28*r.uniform())); const e=z.map(Math.exp); const t=e.reduce((a,b)=>a+b,0); let u=r.uniform()*t,c=0; while(c<k-1&&(u-=e[c])>0)c++; labels[i]=c; const q=z.map(v=>Math.exp(1.7*v)); s=q.reduce((a,b)=>a+b,0); for(let j=0;j<k;j++)data[i*k+j]=q[j]/s; }
 const m={data,rows:n,columns:k};
 for(const f of [temperatureScaling,vectorScaling,dirichletCalibration]){const t=process.cpuUsage(); const c=f.fit(m,labels as any); console.log(n,k,f.method,c.status,process.cpuUsage(t).user/1e6);} }
