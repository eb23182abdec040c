import type { ComputedValue } from '../plain.ts';

/** What the events of the standard tracking plan are called in Korean; others are called by their names. */
export const KOREAN_EVENTS: Readonly<Record<string, string>> = {
  page_view: '페이지 조회',
  search: '검색',
  view_item: '상품 조회',
  select_item: '상품 선택',
  select_promotion: '프로모션 선택',
  add_to_cart: '장바구니 담기',
  remove_from_cart: '장바구니에서 빼기',
  begin_checkout: '결제 시작',
  add_payment_info: '결제 수단 입력',
  purchase: '구매',
  purchase_confirmation_view: '구매 완료 화면 조회',
  refund: '환불',
  sign_up: '회원 가입',
  login: '로그인',
  app_open: '앱 열기',
  review_view: '리뷰 조회',
  message_open: '메시지 열기',
  message_click: '메시지 클릭',
  unsubscribe: '수신 거부',
  interaction: '상호작용',
};

/** How a computed value is called, and what a number of it is followed by. */
interface ComputedWords {
  readonly ko: string;
  readonly en: string;
  readonly koUnit?: string;
  readonly enUnit?: string;
}

export const COMPUTED: Readonly<Record<ComputedValue, ComputedWords>> = {
  orders: { ko: '주문 수', en: 'number of orders', koUnit: '건' },
  revenue: { ko: '매출', en: 'revenue' },
  averageOrder: { ko: '평균 주문 금액', en: 'average order value' },
  daysSinceLastOrder: {
    ko: '마지막 주문 뒤 지난 날수',
    en: 'number of days since the last order',
    koUnit: '일',
  },
  daysSinceFirstSeen: {
    ko: '첫 활동 뒤 지난 날수',
    en: 'number of days since the first activity',
    koUnit: '일',
  },
  daysSinceLastSeen: {
    ko: '마지막 활동 뒤 지난 날수',
    en: 'number of days since the last activity',
    koUnit: '일',
  },
  couponShare: { ko: '쿠폰을 쓴 주문의 비율', en: 'share of orders with a coupon', koUnit: '%', enUnit: '%' },
  orderGapRatio: {
    ko: '마지막 주문 뒤 지난 기간',
    en: 'time since the last order',
    koUnit: '배(평소 주문 간격 대비)',
    enUnit: ' times the usual gap between orders',
  },
  preferredCategory: { ko: '선호 카테고리', en: 'preferred category' },
  recency: { ko: '최근성 점수', en: 'recency score', koUnit: '점' },
  frequency: { ko: '빈도 점수', en: 'frequency score', koUnit: '점' },
  monetary: { ko: '금액 점수', en: 'monetary score', koUnit: '점' },
};
