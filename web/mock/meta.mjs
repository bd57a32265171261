// meta.mjs: the model as the mock server describes it (development only; the C server has the truth).
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const LISTS = path.join(here, '../../data/codes');
const LANG = path.join(here, '../../lang');

/** Lists of the repository; a table of code, since, until, parent and a label per language. */
function readList(name) {
  const lines = readFileSync(path.join(LISTS, name), 'utf8').split('\n').filter((l) => l !== '' && !l.startsWith('#'));
  const head = lines[0].split('\t');
  return lines.slice(1).map((l) => Object.fromEntries(l.split('\t').map((cell, i) => [head[i], cell])));
}
export const CODES = Object.fromEntries(readdirSync(LISTS).filter((n) => n.endsWith('.tsv')).map((n) => [n.slice(0, -4), readList(n)]));

const texts = Object.fromEntries(['en', 'fr', 'fa', 'ps', 'ar'].map((lang) => [
  lang,
  Object.assign({}, ...readdirSync(path.join(LANG, lang)).map((n) => JSON.parse(readFileSync(path.join(LANG, lang, n), 'utf8')))),
]));
export const text = (lang, key) => texts[lang]?.[key] ?? texts.en[key];

// name type[:codes|kind] label | Dari label | ask | flags
const f = (line) => {
  const [spec, en, fa = en, ask = 'basic', flags = ''] = line.split('|').map((s) => s.trim());
  const [name, typed] = spec.split(' ');
  const [type, of] = typed.split(':');
  return { name, type, of, en, fa, ask, flags: flags.split(' ').filter(Boolean) };
};

const KINDS = {
  office: ['Office', 'دفتر', 'name', 1, [
    'code text|Code|کود', 'name text|Name|نام', 'type code:office_type|Type|نوع', 'parent ref:office|Belongs to|مربوط به',
    'country code:country|Country|کشور', 'utc_offset_minutes int|UTC offset|تفاوت ساعت', 'calendar code:calendar|Calendar|تقویم',
    'language text|Language|زبان', 'dial_code text|Calling code|کود تلیفون',
    'label_en text|English name|نام انگلیسی', 'label_fr text|French name|نام فرانسوی', 'label_fa text|Dari name|نام دری',
    'label_ps text|Pashto name|نام پشتو', 'label_ar text|Arabic name|نام عربی']],
  user: ['User', 'کاربر', 'name', 2, [
    'login text|Login|نام کاربری', 'name text|Name|نام', 'office ref:office|Office|دفتر', 'language text|Language|زبان',
    'status code:user_status|Status|وضعیت', 'must_change_password bool|Must change password|باید رمز را تغییر دهد', 'ends_on date|Ends on|ختم']],
  role: ['Role', 'نقش', 'name', 3, ['code text|Code|کود', 'name text|Name|نام', 'permissions set:permission|May|اجازه‌ها', 'lanes set:lane|Lanes|بخش‌ها']],
  grant: ['Grant', 'واگذاری', '', 4, ['user ref:user|User|کاربر', 'role ref:role|Role|نقش', 'office ref:office|Office|دفتر', 'until date|Until|تا']],
  registration_group: ['Family', 'خانواده', 'number', 20, [
    'number text|Number|نمبر||indexed search fixed', 'focal_point ref:person|Focal point|نقطهٔ تماس', 'size_stated int|Size stated|تعداد گفته‌شده',
    'registration_date date|Registered on|تاریخ ثبت||indexed fixed', 'registration_level code:registration_level|Level|سطح', 'registration_reason code:registration_reason|Reason|علت ثبت',
    'process_status code:process_status|Status|وضعیت', 'status_reason code:status_reason|Status reason|علت وضعیت', 'country_of_asylum code:country|Country of asylum|کشور پناه',
    'admin1 text|Province|ولایت', 'admin2 text|District|ولسوالی', 'village text|Village or site|قریه یا محل||indexed', 'address text|Address|آدرس',
    'coo_admin1 text|Province of origin|ولایت اصلی', 'coo_admin2 text|District of origin|ولسوالی اصلی', 'coo_village text|Village of origin|قریهٔ اصلی',
    'arrival_date date|Arrived on|تاریخ رسیدن', 'interview_language code:language|Interview language|زبان مصاحبه', 'note text|Note|یادداشت|comprehensive|long']],
  person: ['Person', 'شخص', 'display_name', 21, [
    'number text|Number|نمبر||indexed search fixed', 'given_name text|Given name|نام|emergency', 'father_name text|Father\'s name|نام پدر|emergency', 'grandfather_name text|Grandfather\'s name|نام پدرکلان',
    'family_name text|Family name|تخلص', 'postnom text|Postnom|پس‌نام|comprehensive', 'mother_name text|Mother\'s name|نام مادر|comprehensive',
    'given_name_local text|Given name (original script)|نام (خط اصلی)|emergency', 'father_name_local text|Father\'s name (original script)|نام پدر (خط اصلی)|emergency',
    'grandfather_name_local text|Grandfather\'s name (original script)|نام پدرکلان (خط اصلی)', 'family_name_local text|Family name (original script)|تخلص (خط اصلی)',
    'display_name text|Name|نام کامل|never|sort fixed', 'sex code:sex|Sex|جنس|emergency', 'birth_date date|Birth|تولد|emergency|indexed', 'birth_date_precision code:date_precision|Precision|دقت',
    'birth_date_entered text|As said|چنان‌که گفته شد', 'birth_place text|Place of birth|محل تولد|comprehensive', 'nationality code:country|Nationality|تابعیت', 'country_of_origin code:country|Country of origin|کشور اصلی|emergency',
    'ethnicity code:ethnicity|Ethnicity|قوم|comprehensive', 'religion code:religion|Religion|دین|comprehensive', 'marital_status code:marital_status|Marital status|حالت مدنی',
    'education code:education|Education|تحصیل|comprehensive', 'occupation code:occupation|Occupation|پیشه|comprehensive', 'languages set:language|Languages|زبان‌ها|comprehensive', 'legal_status code:legal_status|Legal status|وضعیت حقوقی',
    'registration_date date|Registered on|تاریخ ثبت||fixed indexed', 'registration_reason code:registration_reason|Reason|علت ثبت', 'process_status code:process_status|Status|وضعیت', 'status_reason code:status_reason|Status reason|علت وضعیت',
    'arrival_date date|Arrived on|تاریخ رسیدن', 'flight_date date|Left home on|تاریخ ترک وطن|comprehensive', 'mother ref:person|Mother|مادر', 'father ref:person|Father|پدر', 'spouse ref:person|Spouse|همسر', 'caregiver ref:person|Caregiver|سرپرست',
    'photo_status code:photo_status|Photo|عکس', 'closed_on date|Closed on|تاریخ بستن']],
  membership: ['Membership', 'عضویت', '', 22, ['person ref:person|Person|شخص', 'registration_group ref:registration_group|Family|خانواده', 'relationship code:relationship|Relationship|نسبت', 'presence code:presence|Presence|حضور', 'from_date date|From|از', 'to_date date|To|تا']],
  name: ['Other name', 'نام دیگر', 'full_name', 23, ['person ref:person|Person|شخص', 'name_type code:name_type|Kind|نوع', 'full_name text|Name|نام', 'full_name_local text|Name (original script)|نام (خط اصلی)', 'note text|Note|یادداشت']],
  phone: ['Phone', 'تلیفون', 'number', 24, ['person ref:person|Person|شخص', 'number text|Number|نمبر', 'type code:phone_type|Kind|نوع', 'owner_note text|Whose|از کی']],
  document: ['Document', 'سند', 'number', 25, ['person ref:person|Person|شخص', 'type code:document_type|Kind|نوع||required', 'number text|Number|نمبر', 'issuing_country code:country|Issued by|صادرکننده', 'issued_on date|Issued on|تاریخ صدور', 'expires_on date|Expires on|تاریخ ختم', 'note text|Note|یادداشت']],
  specific_need: ['Specific need', 'نیازمندی خاص', '', 26, ['person ref:person|Person|شخص', 'need code:specific_need|Need|نیازمندی||required', 'status code:need_status|Status|وضعیت', 'since date|Since|از', 'note text|Note|یادداشت||long sealed']],
  consent: ['Consent', 'رضایت', '', 27, ['person ref:person|Person|شخص', 'purpose code:consent_purpose|Purpose|مقصد', 'answer code:consent_answer|Answer|جواب', 'asked_on date|Asked on|تاریخ پرسش', 'language code:language|Language|زبان']],
  photo: ['Photo', 'عکس', '', 28, ['person ref:person|Person|شخص', 'image blob|Image|تصویر', 'taken_on date|Taken on|تاریخ']],
  interview: ['Interview', 'مصاحبه', '', 29, ['registration_group ref:registration_group|Family|خانواده', 'clerk ref:user|Clerk|کارمند', 'called_at time|Called|خواسته شد', 'first_key_at time|Begun|آغاز', 'saved_at time|Saved|ثبت شد', 'parked_seconds int|Parked (seconds)|معطل (ثانیه)', 'resumed int|Resumed|ادامه']],
  import_batch: ['Import', 'ورود', 'file_name', 30, ['file_name text|File|فایل', 'kind text|Kind|نوع', 'rows int|Rows|قطارها', 'state code:import_state|State|حالت', 'approved_by ref:user|Decided by|تصمیم', 'made int|Made|ساخته شد']],
  saved_view: ['Saved view', 'نمای ذخیره‌شده', 'name', 9, ['name text|Name|نام', 'owner ref:user|Owner|مالک', 'on_kind text|Kind|نوع', 'expression text|Condition|شرط', 'order text|Order|ترتیب', 'columns text|Columns|ستون‌ها', 'shared bool|Shared|مشترک']],
};

const OPS = {
  'person.correct': ['Correct a person', 'تصحیح شخص', 'person.write', 'correction_reason'], 'group.correct': ['Correct a family', 'تصحیح خانواده', 'person.write', 'correction_reason'],
  'group.register': ['Register a family', 'ثبت خانواده', 'person.write'], 'person.register': ['Register a person', 'ثبت شخص', 'person.write'],
  'group.void': ['Void a registration', 'لغو ثبت', 'person.void', 'void_reason'], 'person.void': ['Void a person', 'لغو شخص', 'person.void', 'void_reason'],
  'record.add': ['Add', 'افزودن', 'person.write'], 'record.correct': ['Correct', 'تصحیح', 'person.write', 'correction_reason'], 'record.void': ['Remove', 'حذف', 'person.write', 'void_reason'],
  'member.move': ['Move a person', 'انتقال شخص', 'person.write', 'move_reason'], 'member.split': ['Split a family', 'جدا کردن خانواده', 'person.write', 'move_reason'],
  'group.set_focal_point': ['Change the focal point', 'تغییر نقطهٔ تماس', 'person.write', 'move_reason'], 'member.presence': ['Mark presence', 'حضور', 'person.write'],
  'act.undo': ['Undo', 'برگرداندن', 'person.write', 'correction_reason'], 'import.stage': ['Stage an import', 'آماده کردن ورود', 'import'], 'import.approve': ['Approve an import', 'تأیید ورود', 'import.approve'],
  'import.refuse': ['Refuse an import', 'رد ورود', 'import.approve', 'void_reason'], 'import.take_back': ['Take back an import', 'پس گرفتن ورود', 'import.approve', 'void_reason'],
};

const codeLabel = (lang, row) => row[lang] || row.en;

export function metaFor(lang) {
  const codes = Object.fromEntries(Object.entries(CODES).map(([list, rows]) => [
    list, rows.map((r) => ({ code: r.code, label: codeLabel(lang, r), ...(r.parent ? { parent: r.parent } : {}) })),
  ]));
  const kinds = Object.entries(KINDS).map(([name, [en, , title, no, fields]]) => ({
    name, no, title_field: title, label: text(lang, `kind.${name}`) ?? en,
    fields: fields.map(f).map((x, i) => ({
      name: x.name, no: i + 2, type: x.type, ask: x.ask, label: text(lang, `field.${name}.${x.name}`) ?? x.en, flags: x.flags,
      ...(x.type === 'code' || x.type === 'set' ? { codes: x.of } : {}), ...(x.type === 'ref' ? { kind: x.of } : {}),
      lane: name === 'specific_need' ? 'protection' : 'core',
    })),
  }));
  const ops = Object.entries(OPS).map(([name, [, , needs]]) => ({
    name, version: 1, title: opTitle(lang, name), needs, read: false, job: name.startsWith('import.') && name !== 'import.refuse', takes: {}, returns: {},
  }));
  return { kinds, codes, ops };
}

export function labelOf(lang, list, code) {
  const row = (CODES[list] ?? []).find((r) => r.code === code);
  return row === undefined ? undefined : codeLabel(lang, row);
}

export const fieldsOf = (kind) => (KINDS[kind]?.[4] ?? []).map((line) => {
  const field = f(line);
  return { ...field, label: (lang) => text(lang, `field.${kind}.${field.name}`) ?? field.en };
});
export const opTitle = (lang, op) => text(lang, `op.${op}`) ?? OPS[op]?.[0] ?? op;
