// data.mjs: an invented population for the mock server.
import { randomUUID } from 'node:crypto';

let seed = 7;
export const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
};
const pick = (list) => list[Math.floor(random() * list.length)];

const MEN = [['Ahmad', 'احمد'], ['Mohammad', 'محمد'], ['Karim', 'کریم'], ['Rahim', 'رحیم'], ['Zalmai', 'زلمی'], ['Nasir', 'ناصر'], ['Habib', 'حبیب'], ['Gul Agha', 'گل آغا'], ['Sher Khan', 'شیر خان'], ['Jawid', 'جاوید'], ['Hamid', 'حمید'], ['Yusuf', 'یوسف'], ['Abdul Qadir', 'عبدالقادر'], ['Farid', 'فرید']];
const WOMEN = [['Zahra', 'زهرا'], ['Fatima', 'فاطمه'], ['Maryam', 'مریم'], ['Shukria', 'شکریه'], ['Nadia', 'نادیه'], ['Gulalai', 'ګلالۍ'], ['Palwasha', 'پلوشه'], ['Zarghuna', 'زرغونه'], ['Laila', 'لیلا'], ['Hawa', 'حوا'], ['Bibi Gul', 'بی‌بی گل'], ['Amina', 'آمنه']];
const FAMILIES = [['Ahmadzai', 'احمدزی'], ['Stanikzai', 'ستانکزی'], ['Rahimi', 'رحیمی'], ['', ''], ['', ''], ['Haidari', 'حیدری'], ['Noori', 'نوری']];
const VILLAGES = ['Kacha Garhi', 'Jalozai', 'Akora Khattak', 'Shamshatoo', 'Torkham', 'Spin Boldak'];
const PROVINCES = ['Nangarhar', 'Kunar', 'Logar', 'Paktia', 'Kandahar', 'Kunduz'];

export const db = { records: new Map(), history: [], drafts: new Map(), blobs: new Map(), jobs: new Map() };

const check = (s) => String([...s].reduce((n, c) => (n * 7 + c.charCodeAt(0)) % 10, 3));
let serials = { G: 4560, I: 11200 };
export function nextNumber(kind) {
  const n = ++serials[kind];
  const body = `PSH-26-${kind === 'I' ? 'I' : ''}${String(n).padStart(6, '0')}`;
  return `${body}-${check(body)}`;
}

export function put(kind, fields, id = randomUUID()) {
  const record = { kind, id, version: 'v1', fields: { ...fields } };
  db.records.set(id, record);
  return record;
}
export const all = (kind) => [...db.records.values()].filter((r) => r.kind === kind);
export const childrenOf = (kind, field, id) => all(kind).filter((r) => r.fields[field] === id && !r.void);

const iso = (daysAgo) => new Date(Date.now() - daysAgo * 86400000).toISOString().slice(0, 10);
const born = (age) => iso(age * 365.25 + random() * 300);

export const OFFICE = put('office', { code: 'PSH', name: 'Peshawar', label_fa: 'پشاور', label_ps: 'پېښور', label_ar: 'بيشاور', type: 'FIELD', country: 'PAK', calendar: 'solar', language: 'en', dial_code: '92', utc_offset_minutes: 300 }).id;
put('office', { code: 'TKM', name: 'Torkham crossing', label_fa: 'گذرگاه تورخم', type: 'SITE', parent: OFFICE, country: 'PAK', calendar: 'solar', language: 'fa', dial_code: '92' });
export const ADMIN = put('user', { login: 'admin', name: 'Salma Durrani', office: OFFICE, language: 'en', status: 'ACTIVE', must_change_password: false }).id;
const CLERK = put('user', { login: 'jawad', name: 'Jawad Safi', office: OFFICE, language: 'fa', status: 'ACTIVE', must_change_password: false }).id;
put('user', { login: 'rahila', name: 'Rahila Popal', office: OFFICE, language: 'ps', status: 'SUSPENDED', must_change_password: true });
const ROLES = [['CLERK', 'Registration clerk', ['person.read', 'person.write', 'history.read']], ['DATA', 'Data officer', ['person.read', 'import', 'import.approve', 'export']], ['PROTECTION', 'Protection officer', ['person.read', 'need.read', 'need.write', 'sealed.read']], ['ADMIN', 'Administrator', ['user.read', 'user.write', 'office.write', 'model.write', 'system']]];
for (const [code, name, permissions] of ROLES) put('role', { code, name, permissions, lanes: ['core'] });
put('grant', { user: CLERK, role: all('role')[0].id, office: OFFICE });
put('grant', { user: ADMIN, role: all('role')[3].id, office: OFFICE });

export function log(op, changes, more = {}) {
  const entry = {
    act: randomUUID(), op, when: new Date().toISOString(), client_time: null,
    actor: { id: ADMIN, name: 'Salma Durrani' }, office: { name: 'Peshawar' }, reason: null, reason_text: null,
    changes, can_undo: !op.includes('register'), ...more,
  };
  db.history.push(entry);
  return entry;
}

const nameFields = (own, father, grand, family) => ({
  given_name: own[0], given_name_local: own[1], father_name: father[0], father_name_local: father[1],
  grandfather_name: grand[0], grandfather_name_local: grand[1], ...(family[0] ? { family_name: family[0], family_name_local: family[1] } : {}),
});
export const display = (p) => [p.given_name, p.father_name, p.family_name].filter(Boolean).join(' ') || [p.given_name_local, p.father_name_local].filter(Boolean).join(' ');

export const PHOTO_COLOURS = ['#7b8fa1', '#9b8579', '#6f8f7d', '#8d7b9b', '#a08a63'];
function photo(personId, n) {
  const hex = String(n).padStart(64, 'a');
  db.blobs.set(hex, { svg: n });
  put('photo', { person: personId, image: hex, taken_on: iso(3) });
}

function addFamily(n) {
  const number = nextNumber('G');
  const registered = Math.floor(random() * 40);
  const village = pick(VILLAGES);
  const group = put('registration_group', { number, registration_date: iso(registered), registration_level: 'BASIC', registration_reason: 'NEW_ARRIVAL', process_status: 'ACTIVE', country_of_asylum: 'PAK', admin1: 'Khyber Pakhtunkhwa', village, coo_admin1: pick(PROVINCES), arrival_date: iso(registered + 5), interview_language: pick(['prs', 'pus']), size_stated: 5 });
  const family = pick(FAMILIES);
  const grand = pick(MEN);
  const head = pick(MEN);
  const father = pick(MEN);
  const headAge = 26 + Math.floor(random() * 35);
  const common = { nationality: 'AFG', country_of_origin: 'AFG', registration_date: iso(registered), process_status: 'ACTIVE', legal_status: 'ASY_REG', registration_reason: 'NEW_ARRIVAL', arrival_date: iso(registered + 5), languages: ['prs', 'pus'] };
  const widow = random() < 0.2;
  const rows = [];
  const person = (fields, relationship) => {
    const p = put('person', { number: nextNumber('I'), ...common, ...fields });
    p.fields.display_name = display(p.fields);
    put('membership', { person: p.id, registration_group: group.id, relationship, presence: 'PRESENT', from_date: iso(registered) });
    if (random() < 0.6) photo(p.id, db.blobs.size);
    if (random() < 0.5) put('document', { person: p.id, type: 'TAZKIRA', number: String(Math.floor(random() * 9e9)), issuing_country: 'AFG' });
    rows.push(p);
    return p;
  };
  const first = widow
    ? person({ ...nameFields(pick(WOMEN), father, grand, family), sex: 'F', birth_date: born(headAge), birth_date_precision: 'age', birth_date_entered: String(headAge), marital_status: 'WD' }, 'FP')
    : person({ ...nameFields(head, father, grand, family), sex: 'M', birth_date: born(headAge), birth_date_precision: 'year', birth_date_entered: String(1404 - headAge), marital_status: 'MA' }, 'FP');
  group.fields.focal_point = first.id;
  put('phone', { person: first.id, number: `+92300${Math.floor(1e6 + random() * 8.9e6)}`, type: 'MOBILE' });
  if (!widow) {
    const wives = random() < 0.12 ? 2 : 1;
    for (let w = 0; w < wives; w++) person({ ...nameFields(pick(WOMEN), pick(MEN), pick(MEN), ['', '']), sex: 'F', birth_date: born(headAge - 4 - w * 6), birth_date_precision: 'age', marital_status: 'MA' }, 'WIF');
  }
  const children = Math.floor(random() * 5);
  for (let c = 0; c < children; c++) {
    const girl = random() < 0.5;
    person({ ...nameFields(pick(girl ? WOMEN : MEN), widow ? pick(MEN) : head, father, family), sex: girl ? 'F' : 'M', birth_date: born(Math.max(0.5, headAge - 22 - c * 2)), birth_date_precision: random() < 0.4 ? 'exact' : 'age', marital_status: 'SN', mother: rows[1]?.id }, girl ? 'DAU' : 'SON');
  }
  if (widow) put('specific_need', { person: first.id, need: 'SP-PT', status: 'REPORTED', since: iso(registered), note: 'Alone with the children since spring.' });
  if (n % 9 === 0) put('specific_need', { person: rows[rows.length - 1].id, need: 'CR-NE', status: 'PENDING_REVIEW', since: iso(2) });
  put('consent', { person: first.id, purpose: 'REGISTRATION', answer: 'GIVEN', asked_on: iso(registered), language: 'prs' });
  put('consent', { person: first.id, purpose: 'SHARE_GOVERNMENT', answer: 'REFUSED', asked_on: iso(registered), language: 'prs' });
  put('interview', { registration_group: group.id, clerk: CLERK, called_at: new Date(Date.now() - registered * 864e5 - 9e5).toISOString(), saved_at: new Date(Date.now() - registered * 864e5).toISOString(), parked_seconds: 0, resumed: 0 });
  log('group.register', [{ kind: 'registration_group', id: group.id, field: 'number', before: null, after: number, stands: true }, ...rows.map((p) => ({ kind: 'person', id: p.id, field: 'display_name', before: null, after: p.fields.display_name, stands: true }))], { when: new Date(Date.now() - registered * 864e5).toISOString(), actor: { id: CLERK, name: 'Jawad Safi' } });
}

for (let i = 0; i < 60; i++) addFamily(i);
const someone = all('person')[2];
log('person.correct', [{ kind: 'person', id: someone.id, field: 'birth_date', before: '1988-07-01', after: someone.fields.birth_date, stands: true }, { kind: 'person', id: someone.id, field: 'birth_date_precision', before: 'age', after: someone.fields.birth_date_precision, stands: true }], { reason: 'DOCUMENT', reason_text: 'Tazkira shown', when: new Date(Date.now() - 3e6).toISOString() });
put('import_batch', { file_name: 'torkham-arrivals.csv', kind: 'person', rows: 482, state: 'STAGED', made: 0 });
put('import_batch', { file_name: 'jalozai-2025.csv', kind: 'person', rows: 1210, state: 'APPROVED', approved_by: ADMIN, made: 1210 });
put('saved_view', { name: 'Children under 5', owner: ADMIN, on_kind: 'person', expression: 'age(birth_date) < 5', order: 'display_name', columns: 'number,display_name,sex,birth_date', shared: true });
