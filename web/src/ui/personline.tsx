// personline.tsx: a person in a list of results: photo, both names, father, age, village, number.
import type { ComponentChildren } from 'preact';
import { formatAge, listOf } from '../lib/format';
import { t } from '../lib/i18n';
import type { PersonLine } from '../lib/types';
import { Photo } from './bits';
import { Icon } from './icon';
import { Name, Num, sexLabel } from './text';

export function Line({ line, children }: { line: PersonLine; children?: ComponentChildren }) {
  const age = formatAge(line.birth_date, line.birth_date_precision);
  return (
    <span class={line.void ? 'line line-void' : 'line'}>
      <Photo hex={line.photo} />
      <span class="line-who">
        <Name latin={line.name} local={line.name_local} />
        <span class="line-more">
          {line.father_name && (
            <span>
              {t('line.father')} <bdi>{line.father_name}</bdi>
            </span>
          )}
          <span>{listOf([sexLabel(line.sex), age].filter(Boolean))}</span>
          {line.village && <bdi>{line.village}</bdi>}
          {line.void && <span class="tag tag-attention">{t('record.void')}</span>}
        </span>
      </span>
      <span class="line-numbers">
        <Num text={line.group_number ?? line.number} />
        {line.focal_point === true && (
          <span class="quiet">
            <Icon name="star" size={14} /> {t('line.focal')}
          </span>
        )}
      </span>
      {children}
    </span>
  );
}
