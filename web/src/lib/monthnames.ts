// monthnames.ts: reads a month's name in any of our languages, Afghan and Iranian, either script.
import type { Calendar } from './calendars';

export interface MonthReading {
  calendar: Calendar;
  month: number;
}

const NAMES: Record<Calendar, readonly string[]> = {
  gregorian: [
    'january jan janvier janv جنوری جنوري ژانویه يناير',
    'february feb février fevrier fév fev فبروری فبروري فوریه فبراير',
    'march mar mars مارچ مارس',
    'april apr avril avr اپریل اپرېل آوریل أبريل ابريل',
    'may mai می مۍ مه مايو',
    'june jun juin جون ژوئن يونيو',
    'july jul juillet juil جولای جولاي ژوئیه يوليو',
    'august aug août aout اگست آگست اوت أغسطس اغسطس',
    'september sep sept septembre سپتمبر سپټمبر سپتامبر سبتمبر',
    'october oct octobre اکتوبر اکتبر أكتوبر',
    'november nov novembre نومبر نوامبر نوفمبر',
    'december dec décembre decembre déc دسمبر ډسمبر دسامبر ديسمبر',
  ],
  solar: [
    'hamal حمل wray wrai وری farvardin farwardin فروردین',
    'sawr saur thawr ثور ghwayay ghwayai غویی غوایی ordibehesht urdibihisht اردیبهشت',
    'jawza jauza جوزا ghbargolay غبرګولی khordad khurdad خرداد',
    'saratan سرطان chungakh چنګاښ tir تیر',
    'asad اسد zmaray zmarai زمری mordad murdad مرداد',
    'sunbula sonbola sumbula سنبله سنبلة wazhay وږی shahrivar shahrivar شهریور',
    'mizan میزان tala تله mehr mihr مهر',
    'aqrab عقرب laram lamram لړم aban آبان',
    'qaws qaus قوس lindai linday لیندۍ azar آذر',
    'jadi jady jaddi جدی marghumay marghumai مرغومی dey day دی',
    'dalw dalwa dalvo دلو salwagha سلواغه bahman بهمن',
    'hut hoot حوت kab کب esfand isfand اسفند',
  ],
  lunar: [
    'muharram moharram محرم',
    'safar صفر',
    'rabi1 ربیع۱',
    'rabi2 ربیع۲',
    'jumada1 جمادی۱',
    'jumada2 جمادی۲',
    'rajab رجب',
    'shaban shaaban شعبان',
    'ramadan ramazan ramadhan رمضان',
    'shawwal shawal شوال',
    'dhulqada zulqada ذوالقعده ذیقعده',
    'dhulhijja zulhijja ذوالحجه ذیحجه',
  ],
};

/** Loosely spelt: no accents, one form of each Arabic letter, no apostrophes. */
export const foldWord = (word: string): string =>
  word
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u064b-\u0655\u0670\u0640'’ʿʾ`]/g, '')
    .replace(/[يىې]/g, 'ی')
    .replace(/ك/g, 'ک')
    .replace(/[أإآ]/g, 'ا')
    .replace(/ة/g, 'ه')
    .replace(/ۍ/g, 'ی');

const table: { name: string; reading: MonthReading }[] = [];
for (const calendar of ['gregorian', 'solar', 'lunar'] as const) {
  NAMES[calendar].forEach((names, index) => {
    for (const name of names.split(' ')) {
      table.push({ name: foldWord(name), reading: { calendar, month: index + 1 } });
    }
  });
}

const distinct = (readings: MonthReading[]): MonthReading[] =>
  readings.filter((r, i) =>
    readings.findIndex((o) => o.calendar === r.calendar && o.month === r.month) === i);

/** All readings of a whole name; of a beginning (3 letters and more) only where it leaves one. */
export function readMonth(word: string): MonthReading[] {
  const folded = foldWord(word);
  const whole = distinct(table.filter((e) => e.name === folded).map((e) => e.reading));
  if (whole.length > 0 || folded.length < 3) return whole;
  const begun = distinct(table.filter((e) => e.name.startsWith(folded)).map((e) => e.reading));
  return begun.length === 1 ? begun : [];
}
